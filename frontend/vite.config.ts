import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const gateway = process.env.FILON_ADDRESS ?? "http://127.0.0.1:8421";

export default defineConfig({
  plugins: [react(), tailwindcss()],
  build: {
    outDir: "../src/filon/server/static",
    emptyOutDir: true,
    sourcemap: false,
    // The first browsers with light-dark(); an older target would make the build spell every colour twice.
    target: ["chrome123", "firefox121", "safari17.5"],
    manifest: true,
    // data: addresses for assets would need exceptions in the content security policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
  },
  server: {
    host: "127.0.0.1",
    proxy: Object.fromEntries(
      ["/api", "/v1", "/sign-in"].map((path) => [path, { target: gateway, changeOrigin: true }]),
    ),
  },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/test-setup.ts"],
    restoreMocks: true,
  },
});
