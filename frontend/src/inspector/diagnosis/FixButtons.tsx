import {
  ArrowUpRight,
  Clock,
  FileText,
  RefreshCw,
  Scissors,
  Shuffle,
  Stethoscope,
  Variable,
} from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { check } from "../../rooms/endpoints/doctor/run";
import { Button } from "../../ui/Button";
import { useGo } from "../go";
import { useNow } from "../measure";
import type { Attempt, Decision, Fix } from "../records";
import type { Replaying } from "../replay/replaying";
import { AddDrop } from "./AddDrop";
import { modelsOf, otherModel, type Resend, renamed, safePage, shorter, without } from "./fixes";

interface FixesProps {
  fixes: readonly Fix[];
  attempt?: Attempt;
  decisions: readonly Decision[];
  replaying: Replaying;
  /** The first of them is the one next step. */
  ore: boolean;
}

const ICON = 14;

/** The ways out of a finding, best first; each does what it says. */
export function FixButtons({ fixes, attempt, decisions, replaying, ore }: FixesProps) {
  return fixes.map((fix, at) => (
    <FixButton
      key={at}
      fix={fix}
      attempt={attempt}
      decisions={decisions}
      replaying={replaying}
      kind={ore && at === 0 ? "ore" : "line"}
    />
  ));
}

interface FixProps extends Omit<FixesProps, "fixes" | "ore"> {
  fix: Fix;
  kind: "ore" | "line";
}

function FixButton({ fix, attempt, decisions, replaying, kind }: FixProps) {
  const { t } = useTranslation("inspector");
  const go = useGo();
  const send = ({ manner, changes }: Resend) => void replaying.send(manner, changes);
  const common = { kind, disabled: replaying.busy, "data-testid": `fix-${fix.type}` };
  switch (fix.type) {
    case "retry_without":
      return (
        <Button {...common} onClick={() => send(without(fix.parameter, decisions))}>
          <RefreshCw size={ICON} aria-hidden="true" />
          <span>
            {t("fix.retryWithout")} <code>{fix.parameter}</code>
          </span>
        </Button>
      );
    case "rename_parameter":
      return (
        <Button {...common} onClick={() => send(renamed(fix.parameter, fix.to, decisions))}>
          <RefreshCw size={ICON} aria-hidden="true" />
          <span>
            {t("fix.retryAs")} <code>{fix.to}</code>
          </span>
        </Button>
      );
    case "add_drop":
      return <DropButton fix={fix} kind={kind} replaying={replaying} />;
    case "lower_max_tokens":
      return (
        <Button {...common} onClick={() => send(shorter(fix.to, decisions))}>
          <Scissors size={ICON} aria-hidden="true" />
          {t("fix.lowerMaxTokens", { to: fix.to })}
        </Button>
      );
    case "use_model":
      return modelsOf(fix).map((name, at) => (
        <Button
          key={name}
          {...common}
          kind={at === 0 ? kind : "line"}
          onClick={() => send(otherModel(name, attempt?.endpoint ?? ""))}
        >
          <RefreshCw size={ICON} aria-hidden="true" />
          <span>
            {t("fix.useModel")} <code className="break-all">{name}</code>
          </span>
        </Button>
      ));
    case "run_doctor":
      return (
        <Button
          {...common}
          onClick={() => {
            go.endpoint(fix.endpoint);
            void check(fix.endpoint);
          }}
        >
          <Stethoscope size={ICON} aria-hidden="true" />
          {t("fix.runDoctor")}
        </Button>
      );
    case "set_variable":
      return (
        <Button {...common} onClick={() => go.endpoint(attempt?.endpoint ?? "")}>
          <Variable size={ICON} aria-hidden="true" />
          <span>
            {t("fix.setVariable")} <code>{fix.name}</code>
          </span>
        </Button>
      );
    case "shorten_conversation":
      return (
        <Button {...common} onClick={() => replaying.edit({ manner: "asked", part: "messages" })}>
          <Scissors size={ICON} aria-hidden="true" />
          {typeof fix.tokens === "number"
            ? t("fix.shortenBy", { count: fix.tokens, figure: fix.tokens.toLocaleString("en-US") })
            : t("fix.shorten")}
        </Button>
      );
    case "choose_other":
      return (
        <Button {...common} onClick={() => replaying.edit({ manner: "asked", part: "model" })}>
          <Shuffle size={ICON} aria-hidden="true" />
          {t("fix.chooseOther")}
        </Button>
      );
    case "wait_for":
      return <WaitButton seconds={fix.seconds} attempt={attempt} replaying={replaying} kind={kind} />;
    case "open_docs":
      return <DocsLink page={fix.page} />;
    default:
      // A fix that a later server knows: its sentence stands above.
      return null;
  }
}

function DropButton(
  props: Pick<FixProps, "kind" | "replaying"> & {
    fix: Extract<Fix, { type: "add_drop" }>;
  },
) {
  const { fix, kind, replaying } = props;
  const { t } = useTranslation("inspector");
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button kind={kind} data-testid="fix-add_drop" onClick={() => setOpen(true)}>
        <FileText size={ICON} aria-hidden="true" />
        <span>
          {t("fix.addDrop")} <code>{fix.parameter}</code>
        </span>
      </Button>
      {open ? (
        <AddDrop
          endpoint={fix.endpoint}
          parameter={fix.parameter}
          onClose={() => setOpen(false)}
          onRetry={() => {
            setOpen(false);
            void replaying.send("asked");
          }}
        />
      ) : null}
    </>
  );
}

/** Counts down to when the provider lets one in again, and then sends the same once more. */
function WaitButton({
  seconds,
  attempt,
  replaying,
  kind,
}: Omit<FixProps, "fix" | "decisions"> & { seconds: number }) {
  const { t } = useTranslation("inspector");
  const until = (attempt?.ended ?? 0) + seconds;
  const waiting = useNow(Date.now() / 1000 < until);
  const left = Math.ceil(until - waiting);
  return (
    <Button
      kind={left > 0 ? "line" : kind}
      disabled={replaying.busy || left > 0}
      data-testid="fix-wait_for"
      onClick={() => void replaying.send("asked")}
    >
      <Clock size={ICON} aria-hidden="true" />
      {left > 0
        ? t("fix.waitFor", { count: left, time: left > 120 ? `${Math.ceil(left / 60)} min` : `${left} s` })
        : t("fix.retryNow")}
    </Button>
  );
}

function DocsLink({ page }: { page: string }) {
  const { t } = useTranslation("inspector");
  const url = safePage(page);
  if (!url) return null;
  return (
    <a
      className="btn"
      href={url.href}
      target="_blank"
      rel="noopener noreferrer nofollow"
      data-testid="fix-open_docs"
    >
      <ArrowUpRight size={ICON} aria-hidden="true" />
      {t("fix.openDocs", { host: url.host })}
    </a>
  );
}
