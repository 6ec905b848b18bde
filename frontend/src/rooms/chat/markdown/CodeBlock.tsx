import { Download, WrapText } from "lucide-react";
import { memo, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ThemedToken } from "shiki/core";
import { CopyButton } from "../../../ui/CopyButton";
import { IconButton } from "../../../ui/IconButton";
import { grammarOf, highlight } from "./highlight";

interface CodeBlockProps {
  code: string;
  language: string;
}

export const CodeBlock = memo(function CodeBlock({ code, language }: CodeBlockProps) {
  const { t } = useTranslation("chat");
  const [wrap, setWrap] = useState(false);
  const coloured = useColours(code, language);
  return (
    <figure className="code" data-testid="code-block">
      <figcaption>
        <span>{language || t("code.plain")}</span>
        <span className="flex-1" />
        <IconButton small label={t("code.wrap")} aria-pressed={wrap} onClick={() => setWrap(!wrap)}>
          <WrapText size={14} strokeWidth={1.75} />
        </IconButton>
        <IconButton small label={t("code.download")} onClick={() => download(code, language)}>
          <Download size={14} strokeWidth={1.75} />
        </IconButton>
        <CopyButton text={code} word={t("copy", { ns: "common" })} />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0} data-wrap={wrap} translate="no">
        <code>
          {coloured
            ? coloured.lines.map((line, at) => <Line key={at} tokens={line} first={at === 0} />)
            : null}
          {coloured ? code.slice(coloured.code.length) : code}
        </code>
      </pre>
    </figure>
  );
});

function Line({ tokens, first }: { tokens: ThemedToken[]; first: boolean }) {
  return (
    <>
      {first ? "" : "\n"}
      {tokens.map((token) => (
        <span key={token.offset} style={{ color: token.color }}>
          {token.content}
        </span>
      ))}
    </>
  );
}

const LONGEST = 60_000;
const PAUSE = 200;

/** Colours that follow the text at a pause of 200 ms; what has come since is shown plain. */
function useColours(code: string, language: string): { code: string; lines: ThemedToken[][] } | null {
  const [coloured, setColoured] = useState<{ code: string; lines: ThemedToken[][] } | null>(null);
  const last = useRef(0);
  useEffect(() => {
    const grammar = grammarOf(language);
    if (!grammar || code.length > LONGEST) return setColoured(null);
    let old = false;
    const timer = setTimeout(
      async () => {
        last.current = performance.now();
        // A grammar that does not load costs only the colours.
        const lines = await highlight(code, grammar).catch(() => null);
        if (!old && lines) setColoured({ code, lines });
      },
      Math.max(0, last.current + PAUSE - performance.now()),
    );
    return () => {
      old = true;
      clearTimeout(timer);
    };
  }, [code, language]);
  return coloured && code.startsWith(coloured.code) ? coloured : null;
}

const ENDINGS: Record<string, string> = {
  bash: "sh",
  csharp: "cs",
  javascript: "js",
  kotlin: "kt",
  markdown: "md",
  python: "py",
  ruby: "rb",
  rust: "rs",
  typescript: "ts",
};

function download(code: string, language: string): void {
  const grammar = grammarOf(language);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([code], { type: "text/plain" }));
  link.download = `code.${grammar ? (ENDINGS[grammar] ?? grammar) : "txt"}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
