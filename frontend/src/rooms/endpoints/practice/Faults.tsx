import { Link } from "@tanstack/react-router";
import { useId, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Fault, Practice } from "../../../api/types";
import { Choice } from "../../../inspector/Choice";
import { FaultRow } from "./FaultRow";
import { FAULT_HEADER, findFaults, GROUPS, type Group } from "./faults";
import { useSay } from "./query";
import { Way } from "./Way";

/** Every fault with what happens and what it teaches, and the ways to meet one. */
export function Faults({ practice, find = "" }: { practice: Practice; find?: string }) {
  const { t } = useTranslation("practice");
  const say = useSay();
  const [words, setWords] = useState(find);
  const [group, setGroup] = useState<Group | "all">("all");
  const [open, setOpen] = useState<string | null>(find || null);
  const found = useMemo(
    () => findFaults(practice.faults, words, group === "all" ? null : group, say),
    [practice.faults, words, group, say],
  );
  return (
    <>
      <Ways />
      <section aria-labelledby="pr-faults">
        <div className="pr-bar">
          <h3 className="ep-h" id="pr-faults">
            {t("fault.title")}
          </h3>
          <Choice
            label={t("fault.group")}
            value={group}
            onChange={setGroup}
            options={(["all", ...GROUPS] as const).map((value) => ({
              value,
              text: value === "all" ? t("fault.all") : t(`groups.${value}`),
            }))}
          />
          <label className="field pr-find">
            <span className="sr-only">{t("fault.find")}</span>
            <input
              type="search"
              value={words}
              placeholder={t("fault.placeholder")}
              data-testid="fault-filter"
              onChange={(event) => setWords(event.target.value)}
            />
            <span className="text-xs text-ink-3" role="status">
              <span aria-hidden="true">{found.length}</span>
              <span className="sr-only">{t("fault.hits", { count: found.length })}</span>
            </span>
          </label>
        </div>
        {found.length === 0 ? <p className="text-ink-2">{t("fault.none")}</p> : null}
        {found.length > 0 ? (
          <table className="pr-table pr-faults">
            <caption className="sr-only">{t("fault.caption")}</caption>
            <thead>
              <tr>
                <th scope="col">{t("fault.switch")}</th>
                <th scope="col">{t("fault.what")}</th>
                <th scope="col">{t("fault.teaches")}</th>
                <th scope="col">
                  <span className="sr-only">{t("fault.actions")}</span>
                </th>
              </tr>
            </thead>
            {GROUPS.map((name) => (
              <GroupRows
                key={name}
                name={name}
                faults={found.filter((fault) => fault.group === name)}
                open={open}
                onOpen={setOpen}
              />
            ))}
          </table>
        ) : null}
      </section>
    </>
  );
}

interface GroupRowsProps {
  name: Group;
  faults: Fault[];
  open: string | null;
  onOpen: (name: string | null) => void;
}

function GroupRows({ name, faults, open, onOpen }: GroupRowsProps) {
  const { t } = useTranslation("practice");
  if (faults.length === 0) return null;
  return (
    <tbody>
      <tr className="pr-group">
        <th scope="rowgroup" colSpan={4}>
          {t(`groups.${name}`)} <small>{faults.length}</small>
        </th>
      </tr>
      {faults.map((fault) => (
        <FaultRow
          key={fault.name}
          fault={fault}
          open={fault.name === open}
          onOpen={() => onOpen(fault.name === open ? null : fault.name)}
        />
      ))}
    </tbody>
  );
}

/** By name, by header, by number, by half, several: one example of each. */
function Ways() {
  const { t } = useTranslation("practice");
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <h3 className="ep-h" id={id}>
        {t("use.title")}
      </h3>
      <dl className="pr-ways">
        <Way text="practice/pocket:cut">{t("use.model")}</Way>
        <Way text={`${FAULT_HEADER}: cut`}>{t("use.header")}</Way>
        <Way text="practice/pocket:cut=5">{t("use.number")}</Way>
        <Way text="practice/pocket:flaky-cut">{t("use.half")}</Way>
        <Way text="practice/pocket:crlf,no-done">{t("use.several")}</Way>
        <div>
          <dt>
            <Link to="/endpoints" search={{ endpoint: "practice", section: "schedule" }} className="link">
              {t("use.ruleLink")}
            </Link>
          </dt>
          <dd>{t("use.rule")}</dd>
        </div>
      </dl>
    </section>
  );
}
