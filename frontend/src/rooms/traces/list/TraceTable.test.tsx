import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { trace } from "../../../inspector/fixtures";
import { FilterByContext } from "../filter/by";
import type { ColumnName } from "./columns";
import { traceItems } from "./items";
import { TraceTable, type TraceTableProps } from "./TraceTable";
import { RowWordsContext, useMadeWords } from "./words";

const many = Array.from({ length: 10_000 }, (_, at) =>
  trace({
    id: `t_${at}`,
    started_at: 2_000_000 - at,
    mark: at === 1 ? "rate_limited" : null,
    findings: ["rate_limited"],
  }),
);
const items = traceItems(many);
const SHOWN: readonly ColumnName[] = ["time", "model", "mark", "cost", "ttft"];

function Around(props: Partial<TraceTableProps> & { filterBy?: (...term: unknown[]) => void }) {
  const none = () => undefined;
  return (
    <QueryClientProvider client={new QueryClient()}>
      <FilterByContext value={props.filterBy ?? none}>
        <RowWordsContext value={useMadeWords()}>
          <TraceTable
            items={items}
            listing="all"
            total={many.length}
            shown={SHOWN}
            sort="started"
            order="desc"
            now={0}
            onAxis={none}
            onOpen={none}
            onDelete={none}
            onToggle={none}
            onWhole={none}
            onFilterKey={none}
            onPauseKey={none}
            onNearEnd={none}
            {...props}
          />
        </RowWordsContext>
      </FilterByContext>
    </QueryClientProvider>
  );
}

const rows = () => screen.getAllByTestId("trace-row");

describe("a list of ten thousand traces", { timeout: 60_000 }, () => {
  it("draws what is in sight and says how many there are", () => {
    render(<Around />);
    expect(rows().length).toBeLessThan(80);
    expect(document.querySelector("table")?.getAttribute("aria-rowcount")).toBe("10001");
    expect(rows()[0]?.getAttribute("aria-rowindex")).toBe("2");
  });
  it("is walked by keyboard to its very end and back", () => {
    render(<Around />);
    rows()[0]?.focus();
    fireEvent.keyDown(document.activeElement as Element, { key: "ArrowDown" });
    expect(document.activeElement?.getAttribute("data-id")).toBe("t_1");
    fireEvent.keyDown(document.activeElement as Element, { key: "End" });
    fireEvent.scroll(screen.getByTestId("trace-list"));
    expect(document.activeElement?.getAttribute("data-id")).toBe("t_9999");
    expect(rows().length).toBeLessThan(80);
    fireEvent.keyDown(document.activeElement as Element, { key: "Home" });
    fireEvent.scroll(screen.getByTestId("trace-list"));
    expect(document.activeElement?.getAttribute("data-id")).toBe("t_0");
  });
  it("opens a row by Enter and filters by a value in it, without it by Alt", () => {
    const onOpen = vi.fn();
    const filterBy = vi.fn();
    render(<Around onOpen={onOpen} filterBy={filterBy} />);
    fireEvent.keyDown(rows()[2] as Element, { key: "Enter" });
    expect(onOpen).toHaveBeenCalledWith("t_2");
    fireEvent.click(screen.getByText("rate_limited"), { altKey: true });
    expect(filterBy).toHaveBeenCalledWith("finding", "rate_limited", true);
    expect(onOpen).toHaveBeenCalledTimes(1);
  });
  it("is sorted by the head of a column, which says so", () => {
    const onSort = vi.fn();
    render(<Around onSort={onSort} sort="cost" order="asc" />);
    expect(screen.getByText("cost $").closest("th")?.getAttribute("aria-sort")).toBe("ascending");
    fireEvent.click(screen.getByText("TTFT"));
    expect(onSort).toHaveBeenCalledWith("ttft");
  });
});
