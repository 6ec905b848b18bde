import type { ReactNode } from "react";

interface SectionProps {
  title: string;
  note?: ReactNode;
  action?: ReactNode;
  children: ReactNode;
}

export function Section({ title, note, action, children }: SectionProps) {
  return (
    <section className="settings-section">
      <header className="flex items-center gap-3">
        <h2 className="flex-1 font-title">{title}</h2>
        {action}
      </header>
      {note ? <p className="mt-0.5 text-ink-3">{note}</p> : null}
      <div className="mt-3">{children}</div>
    </section>
  );
}
