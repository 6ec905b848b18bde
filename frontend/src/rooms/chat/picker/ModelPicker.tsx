import { useQuery } from "@tanstack/react-query";
import { Search, X } from "lucide-react";
import { Dialog } from "radix-ui";
import { type CSSProperties, type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { endpointsQuery, modelsQuery } from "../../../api/queries";
import type { Model } from "../../../api/types";
import { useLayout } from "../../../app/page-state";
import { useStore } from "../../../core/store";
import { Skeleton } from "../../../ui/Skeleton";
import { isComposing } from "../composer/ime";
import { LoadModels } from "./LoadModels";
import { ModelCard } from "./ModelCard";
import { ModelRow } from "./ModelRow";
import { findModels, recentModels } from "./search";

interface ModelPickerProps {
  value: string | null;
  onChoose: (model: string) => void;
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
            onChoose={(model) => {
              onChoose(model);
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
  return (models?.length ?? 20) + (endpoints?.length ?? 5);
}

function PickerBody({ value, onChoose }: { value: string | null; onChoose: (model: string) => void }) {
  const { t } = useTranslation("chat");
  const { data: models } = useQuery(modelsQuery);
  const { data: endpoints } = useQuery(endpointsQuery);
  const conversations = useStore((state) => state.conversations);
  const [query, setQuery] = useState("");
  const groups = useMemo(
    () => findModels(models ?? [], query, recentModels(Object.values(conversations))),
    [models, query, conversations],
  );
  const rows = useMemo(
    () =>
      groups.flatMap((group) => group.models.map((model) => ({ model, key: `${group.key}:${model.id}` }))),
    [groups],
  );
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
    const chosen = query ? undefined : rows.find((row) => row.model.id === value);
    const first = rows.find((row) => row.model.usable) ?? rows[0];
    setAt((chosen ?? first)?.key ?? null);
  }, [query, models !== undefined]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the row in place is found by its mark
  useEffect(() => {
    list.current?.querySelector("[data-at=true]")?.scrollIntoView({ block: "nearest" });
  }, [at]);

  const choose = (model: Model | undefined) => model?.usable && onChoose(model.id);
  const pressed = (event: KeyboardEvent) => {
    if (isComposing(event)) return;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (step) {
      event.preventDefault();
      setAt(rows[Math.min(rows.length - 1, Math.max(0, index + step))]?.key ?? null);
    } else if (event.key === "Enter") {
      event.preventDefault();
      choose(current?.model);
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
        <div className="picker-list" ref={list}>
          <div className="picker-row picker-head" aria-hidden="true">
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
              const endpoint = endpoints?.find(({ name }) => name === group.endpoint?.name);
              return (
                <section key={group.key}>
                  <div className="picker-group">
                    <span>{group.endpoint?.label ?? t("picker.recent")}</span>
                    {endpoint?.fetch ? <LoadModels endpoint={endpoint} /> : null}
                  </div>
                  {/* One listbox for each endpoint: beside its options a listbox may hold no button. */}
                  <div
                    id={`picks-${group.key}`}
                    role="listbox"
                    aria-label={group.endpoint?.label ?? t("picker.recent")}
                  >
                    {group.models.map((model) => {
                      const key = `${group.key}:${model.id}`;
                      return (
                        <ModelRow
                          key={key}
                          id={`pick-${key}`}
                          model={model}
                          chosen={model.id === value}
                          at={key === current?.key}
                          onAt={() => setAt(key)}
                          onChoose={() => choose(model)}
                        />
                      );
                    })}
                  </div>
                </section>
              );
            })}
            {query ? null : <EmptyEndpoints shown={groups.map((group) => group.key)} />}
          </div>
        </div>
        {wide && current ? <ModelCard model={current.model} /> : null}
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
