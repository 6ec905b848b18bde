import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { NotFound, RoomFailed } from "./NotFound";
import { Shell } from "./Shell";

/** The trace that is open beside a conversation is part of the address: it can be linked, and Back closes it. */
export interface ChatSearch {
  trace?: string;
}

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound, errorComponent: RoomFailed });

const chat = createRoute({
  getParentRoute: () => root,
  id: "chat",
  component: lazyRouteComponent(() => import("../rooms/chat/ChatRoom")),
  validateSearch: (search: Record<string, unknown>): ChatSearch =>
    typeof search.trace === "string" ? { trace: search.trace } : {},
});
// A new chat gets its id while the answer is already coming; one room for both keeps it mounted.
const newChat = createRoute({ getParentRoute: () => chat, path: "/" });
const oneChat = createRoute({ getParentRoute: () => chat, path: "/chat/$conversationId" });

const traces = createRoute({
  getParentRoute: () => root,
  path: "/traces",
  component: lazyRouteComponent(() => import("../rooms/traces/TracesRoom")),
  validateSearch: (search: Record<string, unknown>) => search,
});
const allTraces = createRoute({ getParentRoute: () => traces, path: "/" });
const oneTrace = createRoute({ getParentRoute: () => traces, path: "/$traceId" });

const endpoints = createRoute({
  getParentRoute: () => root,
  path: "/endpoints",
  component: lazyRouteComponent(() => import("../rooms/endpoints/EndpointsRoom")),
  validateSearch: (search: Record<string, unknown>) => search,
});

const settings = createRoute({
  getParentRoute: () => root,
  path: "/settings",
  component: lazyRouteComponent(() => import("../rooms/settings/SettingsRoom")),
});

const tree = root.addChildren([
  chat.addChildren([newChat, oneChat]),
  traces.addChildren([allTraces, oneTrace]),
  endpoints,
  settings,
]);

export const router = createRouter({
  routeTree: tree,
  defaultPreload: "intent",
  defaultErrorComponent: RoomFailed,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
