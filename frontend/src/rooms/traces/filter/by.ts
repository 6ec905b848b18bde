/** How any figure of the room leads to its traces: by a term more in the filter. */

import { createContext, useContext } from "react";

/** Adds a term, or with `negated` its opposite. */
export type FilterBy = (key: string, value: string, negated?: boolean) => void;

export const FilterByContext = createContext<FilterBy>(() => undefined);
export const useFilterBy = () => useContext(FilterByContext);
