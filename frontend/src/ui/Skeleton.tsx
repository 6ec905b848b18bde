import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

/** Hairlines after 150 ms, words after two seconds: a short wait should not flash anything. */
export function Skeleton({ rows = 4, label }: { rows?: number; label?: string }) {
  const { t } = useTranslation();
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), 2000);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="skeleton" aria-busy="true">
      {Array.from({ length: rows }, (_, row) => (
        <i key={row} style={{ width: `${92 - ((row * 37) % 45)}%`, marginBlock: 8 }} />
      ))}
      {slow ? <p className="text-xs text-ink-3">{label ?? t("loading")}</p> : null}
    </div>
  );
}
