import { useEffect } from "react";
import { queries } from "../api/queries";
import { onLiveEvent } from "../core/store";

/** Asks again for what a live event has made old. */
export function useFreshQueries(): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = onLiveEvent((event) => {
      if (event.type === "endpoints.changed") {
        for (const key of ["models", "endpoints", "status", "config", "local"])
          void queries.invalidateQueries({ queryKey: [key] });
      }
      // A new configuration changes endpoints, models, presets and whatever else is read of it.
      if (event.type === "config.changed") void queries.invalidateQueries();
      // A busy gateway settles many traces a second; the status line needs one look after them.
      if (event.type === "trace.settled" && !timer)
        timer = setTimeout(() => {
          timer = undefined;
          void queries.invalidateQueries({ queryKey: ["status"] });
        }, 1000);
    });
    return () => {
      clearTimeout(timer);
      end();
    };
  }, []);
}
