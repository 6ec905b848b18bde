import { useQuery } from "@tanstack/react-query";
import { modelsQuery, presetsQuery } from "../../api/queries";
import type { Target } from "./keys";

/** The models and presets that programs can name now; undefined while they are asked for. */
export function useTargets(): Target[] | undefined {
  const { data: models } = useQuery(modelsQuery);
  const { data: list } = useQuery(presetsQuery);
  if (!models || !list) return undefined;
  const endpoints = new Map(models.map((model) => [model.id, model.endpoint]));
  return [
    ...models
      .filter((model) => model.usable && !model.aside)
      .map((model) => ({ name: model.id, endpoint: model.endpoint })),
    ...list.groups
      .flatMap((group) => group.presets)
      .filter((preset) => preset.state === "ready")
      .map((preset) => ({
        name: `preset/${preset.name}`,
        endpoint: endpoints.get(preset.target ?? "") ?? preset.target?.split("/")[0] ?? "",
      })),
  ];
}
