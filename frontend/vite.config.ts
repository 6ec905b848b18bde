import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const gateway = process.env.FILON_ADDRESS ?? "http://127.0.0.1:8421";

/** Every browser we build for reads woff2; KaTeX's other 40 files of faces would only fatten the wheel. */
const onlyWoff2: Plugin = {
  name: "only-woff2",
  enforce: "pre",
  transform: (css, id) =>
    /katex[^/]*\.css/.test(id) ? css.replace(/,\s*url\([^)]+\.(?:woff|ttf)\)\s*format\([^)]+\)/g, "") : null,
};

const own = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  plugins: [onlyWoff2, react(), tailwindcss()],
  resolve: {
    alias: {
      // Streamdown brings a whole HTML parser for raw HTML, which we never allow, and a merger for class
      // names that we replace: 60 kB of gzipped JavaScript that no reader needs.
      "rehype-raw": own("./src/rooms/chat/markdown/no-raw-html.ts"),
      "tailwind-merge": own("./src/rooms/chat/markdown/join-classes.ts"),
    },
  },
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
    // A browser of its own for each file would take three quarters of the time; each test leaves its
    // page as it found it.
    isolate: false,
  },
});
