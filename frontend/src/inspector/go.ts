import { useRouter } from "@tanstack/react-router";
import { useMemo } from "react";

export interface Going {
  /** Opens a trace: beside the chat that is open, else in the room of traces. */
  trace: (id: string) => void;
  /** The configuration at a line. */
  config: (line?: number | null) => void;
  endpoint: (name: string) => void;
  /** The address of a trace, for a link that can be opened elsewhere. */
  traceHref: (id: string) => string;
  configHref: (line?: number | null) => string;
}

/** The ways out of the sheet. Without a router, as in a test of one part, they lead nowhere. */
export function useGo(): Going {
  const router = useRouter({ warn: false }) as ReturnType<typeof useRouter> | undefined;
  return useMemo(
    () => ({
      trace: (id) => {
        const chat = !router?.state.location.pathname.startsWith("/traces");
        if (chat) void router?.navigate({ to: ".", search: { trace: id } as never, resetScroll: false });
        else
          void router?.navigate({
            to: "/traces/$traceId",
            params: { traceId: id },
            search: (old: object) => old as never,
          });
      },
      config: (line) =>
        void router?.navigate({ to: "/endpoints", search: { view: "config", ...(line ? { line } : {}) } }),
      endpoint: (name) => void router?.navigate({ to: "/endpoints", search: { endpoint: name } }),
      traceHref: (id) => `/traces/${encodeURIComponent(id)}`,
      configHref: (line) => `/endpoints?view=config${line ? `&line=${line}` : ""}`,
    }),
    [router],
  );
}

/** Whether a press on a link is meant for this page and not for a new tab or window. */
export function isPlain(event: { button: number; metaKey: boolean; ctrlKey: boolean; shiftKey: boolean }) {
  return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
}
