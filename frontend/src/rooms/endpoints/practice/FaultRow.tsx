import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChevronRight } from "lucide-react";
import { memo, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { endpointsQuery } from "../../../api/queries";
import type { Fault } from "../../../api/types";
import { count } from "../../../format";
import { Button } from "../../../ui/Button";
import { CopyButton } from "../../../ui/CopyButton";
import { WithCode } from "../../../ui/FindingCard";
import { canBeRule, FAULT_HEADER, modelFor, readNumber, switchOf } from "./faults";
import { useSay } from "./query";
import { useTry } from "./use-try";
import { Way } from "./Way";

interface FaultRowProps {
  fault: Fault;
  open: boolean;
  onOpen: () => void;
}

/** One fault; unfolded, every way to meet it, with the reader's own number. */
export const FaultRow = memo(function FaultRow({ fault, open, onOpen }: FaultRowProps) {
  const { t } = useTranslation("practice");
  const { what, teaches } = useSay()(fault);
  const tryIt = useTry();
  const under = useId();
  return (
    <>
      <tr data-fault={fault.name} data-open={open || undefined}>
        <th scope="row">
          <button
            type="button"
            className="pr-open"
            aria-expanded={open}
            aria-controls={open ? under : undefined}
            onClick={onOpen}
          >
            <ChevronRight
              size={14}
              strokeWidth={1.75}
              className={open ? "rotate-90" : ""}
              aria-hidden="true"
            />
            <span className="mono" translate="no">
              {fault.name}
            </span>
          </button>
          <small className="mono" translate="no">
            {fault.aliases.join(" ")}
          </small>
          <Bounds fault={fault} />
        </th>
        <td>
          <WithCode text={what} />
        </td>
        <td className="text-ink-2">
          <WithCode text={teaches} />
        </td>
        <td className="pr-do">
          <CopyButton text={modelFor(fault)} label={t("fault.copy", { text: modelFor(fault) })} />
          <Button
            small
            aria-label={t("fault.tryName", { name: fault.name })}
            onClick={() => tryIt(modelFor(fault))}
          >
            {t("fault.try")}
          </Button>
        </td>
      </tr>
      {open ? (
        <tr className="pr-under" id={under}>
          <td colSpan={4}>
            <FaultWays fault={fault} />
          </td>
        </tr>
      ) : null}
    </>
  );
});

/** The number that the switch takes: its unit and its ends. */
function Bounds({ fault }: { fault: Fault }) {
  const { t } = useTranslation("practice");
  if (fault.by === "door") return <small className="pr-bounds">{t("fault.door")}</small>;
  const takes = fault.argument;
  if (!takes) return null;
  return (
    <small className="pr-bounds">
      <span className="mono">={takes.usual}</span>{" "}
      {t("fault.bounds", {
        unit: t(`unit.${takes.unit}`, { defaultValue: takes.unit }),
        low: takes.low,
        high: count(takes.high),
      })}
    </small>
  );
}

function FaultWays({ fault }: { fault: Fault }) {
  const { t } = useTranslation("practice");
  const tryIt = useTry();
  const takes = fault.argument;
  const [text, setText] = useState(takes ? String(takes.usual) : "");
  const typed = readNumber(text, fault);
  const wrong = takes !== null && typed === null;
  const number = typed ?? undefined;
  const id = useId();
  return (
    <div className="pr-fault-ways">
      {takes ? (
        <div className="flex flex-wrap items-center gap-2">
          <label htmlFor={id} className="text-ink-3">
            {t("fault.asNumber")}
          </label>
          <input
            id={id}
            className="field w-24 mono"
            inputMode="decimal"
            value={text}
            aria-invalid={wrong}
            aria-describedby={`${id}-of`}
            onChange={(event) => setText(event.target.value)}
          />
          <span id={`${id}-of`} className={wrong ? "text-error" : "text-ink-3"}>
            {t("fault.bounds", {
              unit: t(`unit.${takes.unit}`, { defaultValue: takes.unit }),
              low: takes.low,
              high: count(takes.high),
            })}
          </span>
        </div>
      ) : null}
      <dl className="pr-ways">
        <Way text={modelFor(fault, number)}>{t("fault.asModel")}</Way>
        {fault.endpoint ? <DoorAddress name={fault.endpoint} /> : null}
        {fault.by === "switch" ? (
          <>
            <Way text={`${FAULT_HEADER}: ${switchOf(fault, number)}`}>{t("fault.asHeader")}</Way>
            <Way text={modelFor(fault, number, true)}>{t("fault.asHalf")}</Way>
          </>
        ) : null}
      </dl>
      <div className="flex flex-wrap gap-2">
        <Button small disabled={wrong} onClick={() => tryIt(modelFor(fault, number))}>
          {t("fault.try")}
        </Button>
        {canBeRule(fault) ? (
          <Link
            to="/endpoints"
            search={{ endpoint: "practice", section: "schedule", fault: fault.name }}
            className="btn sm"
          >
            {t("fault.asRule")}
          </Link>
        ) : null}
      </div>
    </div>
  );
}

function DoorAddress({ name }: { name: string }) {
  const { t } = useTranslation("practice");
  const { data: endpoints } = useQuery(endpointsQuery);
  const door = endpoints?.find((endpoint) => endpoint.name === name);
  return door ? <Way text={door.base_url}>{t("fault.asAddress")}</Way> : null;
}
