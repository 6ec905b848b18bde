import type { ReactNode } from "react";

interface SectionProps {
  id: string;
  title: ReactNode;
  small?: ReactNode;
  /** Stands at the right end of the head. */
  end?: ReactNode;
  children: ReactNode;
}

/** One of the inspector's sections; the anchors above scroll to it. */
export function Section({ id, title, small, end, children }: SectionProps) {
  return (
    <section
      className="insp-sec"
      data-section={id}
      data-testid={`inspector-section-${id}`}
      aria-label={String(title)}
    >
      <Heading title={title} small={small} end={end} />
      {children}
    </section>
  );
}

export function Heading({ title, small, end }: Pick<SectionProps, "title" | "small" | "end">) {
  return (
    <div className="insp-h">
      <h3>{title}</h3>
      {small ? <small>{small}</small> : null}
      {end ? <div className="insp-end">{end}</div> : null}
    </div>
  );
}
