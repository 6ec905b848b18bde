import { useQuery } from "@tanstack/react-query";
import { Search, X } from "lucide-react";
import { Dialog } from "radix-ui";
import { type CSSProperties, type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { endpointsQuery, modelsQuery, practiceQuery, presetsQuery } from "../../../api/queries";
import type { Model, Preset } from "../../../api/types";
import { useLayout } from "../../../app/page-state";
import { useStore } from "../../../core/store";
import { Skeleton } from "../../../ui/Skeleton";
import { type Choice, choiceOf, NO_PRESETS } from "../composer/choice";
import { isComposing } from "../composer/ime";
import { LoadModels } from "./LoadModels";
import { ModelCard } from "./ModelCard";
import { ModelRow } from "./ModelRow";
import { PresetCard } from "./PresetCard";
import { PresetRow } from "./PresetRow";
import { joined, offered, type PickGroup } from "./presets";
import { faultOf, findModels, hasSwitch, recentModels } from "./search";

interface ModelPickerProps {
  value: Choice;
  onChoose: (choice: Choice) => void;
  onClose: () => void;
}

export function ModelPicker({ value, onChoose, onClose }: ModelPickerProps) {
  const { t } = useTranslation("chat");
  return (
    <Dialog.Root open onOpenChange={(open) => open || onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content
          className="float picker"
          aria-describedby={undefined}
          data-testid="model-picker"
          style={{ "--rows": useRows() } as CSSProperties}
        >
          <Dialog.Title className="sr-only">{t("picker.label")}</Dialog.Title>
          <PickerBody
            value={value}
            onChoose={(choice) => {
              onChoose(choice);
              onClose();
            }}
          />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** How many rows there are without a search: the height of the picker, so that searching does not move it. */
function useRows(): number {
  const { data: models } = useQuery(modelsQuery);
  const { data: endpoints } = useQuery(endpointsQuery);
  const { data: list = NO_PRESETS } = useQuery(presetsQuery);
  const presets = list.groups.reduce((sum, group) => sum + group.presets.length + 1, 0);
  if (list.enforce) return presets;
  const shown = (all: { aside: boolean }[] | undefined) => all?.filter(({ aside }) => !aside).length;
  return presets + (shown(models) ?? 20) + (shown(endpoints) ?? 5);
}

/** Practice's faults and their sentences: wanted by those who type a colon, and by nobody else. */
function useFaults(wanted: boolean) {
  const { data: practice } = useQuery({ ...practiceQuery, enabled: wanted, refetchInterval: false });
  const { data: said } = useQuery({
    queryKey: ["practice-strings"],
    queryFn: () => import("../../endpoints/practice/strings").then(() => true),
    enabled: wanted,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return said ? practice?.faults : undefined;
}

function PickerBody({ value, onChoose }: Pick<ModelPickerProps, "value" | "onChoose">) {
  const { t } = useTranslation("chat");
  const { data: models } = useQuery(modelsQuery);
  const { data: endpoints } = useQuery(endpointsQuery);
  const { data: presets = NO_PRESETS } = useQuery(presetsQuery);
  const conversations = useStore((state) => state.conversations);
  const [query, setQuery] = useState("");
  const faults = useFaults(hasSwitch(query));
  const groups = useMemo(() => {
    const all = offered(presets, models ?? []);
    const found = findModels(all, query, recentModels(Object.values(conversations)), faults);
    return joined(presets, found, all, query);
  }, [models, presets, query, conversations, faults]);
  const rows = useMemo(() => groups.flatMap(rowsOf), [groups]);
  const [at, setAt] = useState<string | null>(null);
  const index = Math.max(
    0,
    rows.findIndex((row) => row.key === at),
  );
  const current = rows[index];
  const list = useRef<HTMLDivElement>(null);
  const wide = useLayout() !== "phone";

  // Opens at the model in use, and at the best match while searching.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new query or the first list moves the place
  useEffect(() => {
    const chosen = query ? undefined : rows.find((row) => isValue(row, value));
    const first = rows.find((row) => isNamed(row, query)) ?? rows.find(canChoose) ?? rows[0];
    setAt((chosen ?? first)?.key ?? null);
  }, [query, models !== undefined, presets !== NO_PRESETS]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the row in place is found by its mark
  useEffect(() => {
    list.current?.querySelector("[data-at=true]")?.scrollIntoView({ block: "nearest" });
  }, [at]);

  const noteOf = (model: Model) => {
    const fault = model.practice ? faultOf(model.id, faults) : undefined;
    return fault && t(`faults.${fault.name}.what`, { ns: "practice", defaultValue: fault.what });
  };
  const switched = rows.some(({ model }) => model && noteOf(model));
  const choose = (row: Row | undefined) => row && canChoose(row) && onChoose(choiceIn(row));
  const pressed = (event: KeyboardEvent) => {
    if (isComposing(event)) return;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (step) {
      event.preventDefault();
      setAt(rows[Math.min(rows.length - 1, Math.max(0, index + step))]?.key ?? null);
    } else if (event.key === "Enter") {
      event.preventDefault();
      choose(current);
    }
  };

  return (
    <>
      <div className="picker-search">
        <Search size={16} strokeWidth={1.75} className="text-ink-3" aria-hidden="true" />
        <input
          // biome-ignore lint/a11y/noAutofocus: a dialog to search in
          autoFocus
          role="combobox"
          aria-expanded="true"
          aria-controls={groups.map((group) => `picks-${group.key}`).join(" ")}
          aria-activedescendant={current ? `pick-${current.key}` : undefined}
          aria-label={t("picker.search")}
          placeholder={t("picker.placeholder")}
          value={query}
          data-testid="model-search"
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={pressed}
        />
        {wide ? null : (
          <Dialog.Close className="btn bare ic" aria-label={t("close", { ns: "common" })}>
            <X size={20} strokeWidth={1.75} />
          </Dialog.Close>
        )}
      </div>
      <div className="picker-body">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
        <div className="picker-list" ref={list} tabIndex={0}>
          <div
            className="picker-row picker-head"
            data-notes={switched || rows.every(({ model }) => !model)}
            aria-hidden="true"
          >
            <span />
            <span>{t("picker.model")}</span>
            <span />
            <span>{t("picker.context")}</span>
            <span>{t("picker.in")}</span>
            <span>{t("picker.out")}</span>
          </div>
          {models ? null : <Skeleton rows={8} />}
          {models && !rows.length ? <p className="px-9 py-4 text-ink-3">{t("picker.none")}</p> : null}
          <div>
            {groups.map((group) => {
              const endpoint = endpoints?.find(({ name }) => name === group.endpoint);
              const label = group.label ?? t(HEADINGS[group.kind]);
              return (
                <section key={group.key}>
                  <div className="picker-group">
                    <span>{label}</span>
                    {endpoint?.fetch && !presets.enforce ? <LoadModels endpoint={endpoint} /> : null}
                  </div>
                  {/* One listbox for each endpoint: beside its options a listbox may hold no button. */}
                  <div id={`picks-${group.key}`} role="listbox" aria-label={label}>
                    {rowsOf(group).map((row) => {
                      const shared = {
                        id: `pick-${row.key}`,
                        at: row.key === current?.key,
                        chosen: isValue(row, value),
                        onAt: () => setAt(row.key),
                        onChoose: () => choose(row),
                      };
                      return row.preset ? (
                        <PresetRow key={row.key} {...shared} preset={row.preset} />
                      ) : (
                        <ModelRow key={row.key} {...shared} model={row.model} note={noteOf(row.model)} />
                      );
                    })}
                  </div>
                </section>
              );
            })}
            {query || presets.enforce ? null : <EmptyEndpoints shown={groups.map((group) => group.key)} />}
          </div>
        </div>
        {wide && current?.model ? <ModelCard model={current.model} note={noteOf(current.model)} /> : null}
        {wide && current?.preset ? <PresetCard preset={current.preset} /> : null}
      </div>
      <footer className="picker-foot">
        <span>
          <kbd>↑</kbd> <kbd>↓</kbd> {t("picker.move")}
        </span>
        <span>
          <kbd>Enter</kbd> {t("picker.use")}
        </span>
        <span className="flex-1" />
        <span>{t("picker.unit")}</span>
      </footer>
    </>
  );
}

const HEADINGS = {
  recent: "picker.recent",
  routes: "picker.routes",
  presets: "picker.presets",
  endpoint: "picker.presets",
} as const;

type Row = { key: string } & ({ model: Model; preset?: undefined } | { preset: Preset; model?: undefined });

function rowsOf(group: PickGroup): Row[] {
  return [
    ...group.presets.map((preset) => ({ key: `${group.key}:${preset.name}:preset`, preset })),
    ...group.models.map((model) => ({ key: `${group.key}:${model.id}`, model })),
  ];
}

function canChoose({ model, preset }: Row): boolean {
  return model ? model.usable : preset.state === "ready";
}

/** Whether this is exactly what was typed: a preset's model is in its row, and may be what is meant. */
function isNamed({ model, preset }: Row, query: string): boolean {
  const typed = query.trim().toLowerCase();
  const names = model ? [model.id, model.model] : [preset.name, preset.label];
  return names.some((name) => name.toLowerCase() === typed);
}

function choiceIn({ model, preset }: Row): Choice {
  return model ? { model: model.id, preset: null } : choiceOf(preset);
}

function isValue({ model, preset }: Row, value: Choice): boolean {
  return preset ? preset.name === value.preset : !value.preset && model.id === value.model;
}

/** Endpoints that could tell their models and have none yet. */
function EmptyEndpoints({ shown }: { shown: string[] }) {
  const { data: endpoints } = useQuery(endpointsQuery);
  const empty = endpoints?.filter(
    ({ name, state, fetch }) => fetch && state === "ready" && !shown.includes(name),
  );
  return empty?.map((endpoint) => (
    <div key={endpoint.name} className="picker-group">
      <span>{endpoint.label}</span>
      <LoadModels endpoint={endpoint} />
    </div>
  ));
}
