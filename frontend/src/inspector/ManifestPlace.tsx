import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { get, problemOf } from "../api/client";
import { Popover } from "../ui/Popover";
import { placeOf } from "./decisions";
import { blockAround, linkOf } from "./manifest-lines";
import type { Because } from "./records";
import { Visible } from "./Visible";

/** A line of a provider's manifest: pressed, it shows the block it stands in and where the fact is from. */
export function ManifestPlace({ because }: { because: Because }) {
  const { t } = useTranslation("inspector");
  const [open, setOpen] = useState(false);
  const place = placeOf(because);
  return (
    <Popover
      label={t("manifest.title", { place })}
      open={open}
      onOpenChange={setOpen}
      align="end"
      className="insp-manifest"
      trigger={
        <button type="button" className="loc" title={because.rule ?? undefined}>
          {place}
        </button>
      }
    >
      {open ? <Block because={because} /> : null}
    </Popover>
  );
}

function Block({ because }: { because: Because }) {
  const { t } = useTranslation("inspector");
  const name = because.source.replace(/\.toml$/, "");
  const { data, error } = useQuery({
    queryKey: ["manifest", name],
    queryFn: ({ signal }) => get<{ text: string }>(`/api/manifests/${encodeURIComponent(name)}`, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (error) return <p className="text-error">{problemOf(error).message}</p>;
  if (!data) return <p className="text-ink-3">{t("manifest.loading")}</p>;
  const block = blockAround(data.text, because.line ?? 1);
  const link = linkOf(block.facts.source);
  return (
    <div className="grid gap-2">
      <p className="font-strong">
        <span className="mono">{because.source}</span>
        <span className="font-body text-ink-3"> · {t("manifest.what")}</span>
      </p>
      <pre className="insp-lines mono" dir="ltr" lang="und">
        {block.lines.map(({ number, text }) => (
          <span key={number} data-here={number === because.line || undefined}>
            <i>{number}</i>
            <Visible text={text} />
          </span>
        ))}
      </pre>
      {block.facts.source ? (
        <p className="text-ink-2">
          {t("manifest.source")}{" "}
          {link ? (
            <a className="link" href={link} target="_blank" rel="noopener noreferrer nofollow">
              {block.facts.source}
            </a>
          ) : (
            block.facts.source
          )}
          {block.facts.seen ? `, ${block.facts.seen}` : ""}
          {block.facts.sure
            ? ` · ${t(`manifest.sure.${block.facts.sure}`, { defaultValue: block.facts.sure })}`
            : ""}
        </p>
      ) : null}
    </div>
  );
}
