/** What this room asks of `/api/traces`. Times are Unix seconds, durations seconds, money USD; null is unknown. */

import type { components } from "../../api/schema.gen";
import type { Trace, TraceList } from "../../api/types";

type Schemas = components["schemas"];

export type ListedTrace = Trace;
export type TracePageOfList = TraceList;

export const SORTS = ["started", "cost", "tokens", "latency", "ttft", "rate", "status", "model"] as const;
export type Sort = (typeof SORTS)[number];
export type Order = "asc" | "desc";

export type Word = Schemas["WordShape"];
export type Words = Schemas["WordList"];

export const GROUPINGS = ["conversation", "key", "model", "endpoint", "finding"] as const;
export type Grouping = (typeof GROUPINGS)[number];
export type Group = Schemas["GroupShape"];
export type Groups = Schemas["GroupList"];

export type Figures = Schemas["Figures"];
export type Point = Schemas["PointShape"];
export type Series = Schemas["SeriesShape"];

export type Keeping = Schemas["KeepingShape"];
export type KeepingBody = Schemas["KeepingBody"];
export type Deleted = Schemas["DeletedShape"];
