import { useEffect, useState } from "react";

/** Seconds since a moment of the server's clock; never below zero when the clocks differ. */
export function useSeconds(since: number): number {
  const [now, setNow] = useState(() => Date.now() / 1000);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now() / 1000), 100);
    return () => clearInterval(timer);
  }, []);
  return Math.max(0, now - since);
}
