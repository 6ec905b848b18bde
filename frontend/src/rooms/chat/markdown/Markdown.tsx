import { ImageOff } from "lucide-react";
import { memo, type ReactNode, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Components, defaultRehypePlugins, type MathPlugin, Streamdown } from "streamdown";
import { CodeBlock } from "./CodeBlock";
import { hostOf, safeLink } from "./links";
import { hasMath, loadMath, withDollars } from "./math";

/**
 * The only way from a model's text to the page. No raw HTML (it is shown as text), no picture from
 * elsewhere (it would tell its server that the answer was read), links by three protocols only.
 */
export const Markdown = memo(function Markdown({ text, live }: { text: string; live: boolean }) {
  const source = useMemo(() => withDollars(text), [text]);
  const math = useMath(hasMath(source));
  const plugins = useMemo(() => (math ? { math } : {}), [math]);
  return (
    <Streamdown
      mode={live ? "streaming" : "static"}
      parseIncompleteMarkdown={live}
      className="md"
      data-live={live}
      components={COMPONENTS}
      rehypePlugins={REHYPE}
      plugins={plugins}
      controls={false}
      urlTransform={transform}
    >
      {source}
    </Streamdown>
  );
});

// Without rehype-raw HTML stays text. Sanitizing what is left is a second wall.
const REHYPE = defaultRehypePlugins.sanitize ? [defaultRehypePlugins.sanitize] : [];

function transform(url: string, key: string): string | null {
  return key === "src" ? url : safeLink(url);
}

function useMath(wanted: boolean): MathPlugin | null {
  const [math, setMath] = useState<MathPlugin | null>(null);
  useEffect(() => {
    if (!wanted) return;
    let gone = false;
    // If it does not load, the formula stays readable as its source.
    loadMath().then(
      (plugin) => gone || setMath(plugin),
      () => undefined,
    );
    return () => {
      gone = true;
    };
  }, [wanted]);
  return math;
}

const COMPONENTS: Components = {
  // The message has the heading of second level; those inside it stand below.
  h1: ({ children }) => <h3 data-level="1">{children}</h3>,
  h2: ({ children }) => <h4 data-level="2">{children}</h4>,
  h3: ({ children }) => <h5 data-level="3">{children}</h5>,
  h4: ({ children }) => <h6 data-level="4">{children}</h6>,
  h5: ({ children }) => <h6 data-level="4">{children}</h6>,
  h6: ({ children }) => <h6 data-level="4">{children}</h6>,
  a: ({ href, children }) => <SafeLink href={href}>{children}</SafeLink>,
  img: ({ src, alt }) => <NoImage src={typeof src === "string" ? src : undefined} alt={alt} />,
  strong: ({ children }) => <strong>{children}</strong>,
  ul: ({ children }) => <ul>{children}</ul>,
  ol: ({ children, start }) => <ol start={start}>{children}</ol>,
  li: ({ children }) => <li>{children}</li>,
  hr: () => <hr />,
  blockquote: ({ children }) => <blockquote>{children}</blockquote>,
  table: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div className="md-table" tabIndex={0}>
      <table>{children}</table>
    </div>
  ),
  thead: ({ children }) => <thead>{children}</thead>,
  tbody: ({ children }) => <tbody>{children}</tbody>,
  tr: ({ children }) => <tr>{children}</tr>,
  th: ({ children, style }) => <th style={style}>{children}</th>,
  td: ({ children, style }) => <td style={style}>{children}</td>,
  inlineCode: ({ children }) => <code translate="no">{children}</code>,
  code: ({ className, children }) => (
    <CodeBlock
      code={textOf(children).replace(/\n$/, "")}
      language={/language-(\S+)/.exec(className ?? "")?.[1] ?? ""}
    />
  ),
};

function textOf(children: ReactNode): string {
  if (typeof children === "string") return children;
  return Array.isArray(children) ? children.map(textOf).join("") : "";
}

function SafeLink({ href, children }: { href?: string; children?: ReactNode }) {
  const { t } = useTranslation("chat");
  const address = safeLink(href);
  if (!address) return <span title={t("link.blocked")}>{children}</span>;
  return (
    <a
      className="link"
      href={address}
      target="_blank"
      rel="noopener noreferrer nofollow"
      title={hostOf(address) ?? address}
    >
      {children}
    </a>
  );
}

function NoImage({ src, alt }: { src?: string; alt?: string }) {
  const { t } = useTranslation("chat");
  const host = hostOf(src);
  return (
    <span className="no-image" role="img" aria-label={alt || t("image.blocked")}>
      <ImageOff size={14} strokeWidth={1.75} aria-hidden="true" />
      {alt ? <span className="text-ink">{alt}</span> : null}
      <span>{host ? t("image.notLoaded", { host }) : t("image.blocked")}</span>
    </span>
  );
}
