import { useCallback, useMemo, useState } from "react";
import { problemOf } from "../../api/client";
import type { Problem } from "../../api/types";
import { type Changes, type Manner, replay } from "./api";
import type { Draft } from "./draft";

/** Where the form begins: with which manner, at which part, and with what already changed. */
export interface Editing {
  manner: Manner;
  part?: "model" | "messages";
  change?: Partial<Draft>;
}

export interface Pair {
  before: string;
  after: string;
}

/** Replays of one trace: sent, being edited, or looked at beside it. */
export interface Replaying {
  busy: boolean;
  problem: Problem | null;
  editing: Editing | null;
  compared: Pair | null;
  /** Sends it and shows both; false when it was not begun. */
  send: (manner: Manner, changes?: Changes) => Promise<boolean>;
  edit: (editing?: Editing) => void;
  compare: (pair: Pair) => void;
  close: () => void;
}

export function useReplaying(traceId: string): Replaying {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [editing, setEditing] = useState<Editing | null>(null);
  const [compared, setCompared] = useState<Pair | null>(null);
  const send = useCallback(
    async (manner: Manner, changes?: Changes) => {
      setBusy(true);
      setProblem(null);
      try {
        const after = await replay(traceId, manner, changes);
        setEditing(null);
        setCompared({ before: traceId, after });
        return true;
      } catch (error) {
        setProblem(problemOf(error));
        return false;
      } finally {
        setBusy(false);
      }
    },
    [traceId],
  );
  return useMemo(
    () => ({
      busy,
      problem,
      editing,
      compared,
      send,
      edit: (wanted: Editing = { manner: "asked" }) => {
        setProblem(null);
        setEditing(wanted);
      },
      compare: setCompared,
      close: () => {
        setEditing(null);
        setCompared(null);
        setProblem(null);
      },
    }),
    [busy, problem, editing, compared, send],
  );
}
