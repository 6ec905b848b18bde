import { render, screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import type { Chip as Figures, Message } from "../../api/types";
import { aMessage } from "../../core/samples";
import i18n from "../../i18n";
import { TooltipProvider } from "../../ui/Tooltip";
import { Chip } from "./Chip";
import { Marks } from "./message/Marks";

const FIGURES: Figures = {
  input_tokens: 1284,
  output_tokens: 331,
  cached_tokens: null,
  reasoning_tokens: null,
  estimated: false,
  cost_kind: "priced",
  cost_usd: 0.00027,
  ttft: 0.42,
  rate: 49.1,
  total: 7.16,
  lost: 2,
  finish_reason: "stop",
  thought: null,
  thought_field: null,
  dropped: ["user", "seed"],
  changed: ["maxTokens"],
  because: { user: "librechat.yaml:41", seed: "librechat.yaml:41", maxTokens: "deepseek.toml:19" },
  notices: ["cut_by_length"],
  answered: null,
};

/** The parts of the chip, as they stand beside each other. */
function parts(figures: Partial<Figures> | null, more: Partial<Message> = {}): string[] {
  const chip = figures ? { ...FIGURES, ...figures } : null;
  const { container } = render(
    <Chip message={aMessage("a1", "q1", { chip, ...more })} open={false} onOpen={vi.fn()} />,
  );
  return [...(container.querySelector(".chip-parts")?.children ?? [])].map((part) => part.textContent ?? "");
}

describe("the chip under an answer", () => {
  it("tells tokens, cost and times", () => {
    expect(parts({})).toEqual(["1,284 → 331 tok", "$0.00027", "TTFT 0.42 s", "49 tok/s"]);
  });

  it("marks what is only estimated", () => {
    expect(parts({ estimated: true }).slice(0, 2)).toEqual(["1,284 → ≈331 tok", "≈ $0.00027"]);
  });

  it("says in words why there is no price", () => {
    expect(parts({ cost_kind: "unknown", cost_usd: null })[1]).toBe("price unknown");
    expect(parts({ cost_kind: "free", cost_usd: null })[1]).toBe("practice, no price");
    expect(parts({ cost_kind: "local", cost_usd: null })[1]).toBe("local, no price");
  });

  it("says that a count is unknown", () => {
    expect(parts({ input_tokens: null })[0]).toBe("unknown → 331 tok");
  });

  it("begins with the status of a refusal", () => {
    const nothing = {
      input_tokens: null,
      output_tokens: null,
      cost_usd: null,
      ttft: null,
      rate: null,
      lost: 0,
      total: 0.21,
    };
    const problem = {
      code: "extra_forbidden",
      message: "no",
      blame: "provider",
      status: 422,
      provider_status: 422,
    };
    expect(parts(nothing, { state: "failed", problem })).toEqual(["422", "refused after 0.21 s"]);
    const unreached = { code: "refused", message: "no", blame: "network", status: 502 };
    expect(parts(nothing, { state: "failed", problem: unreached })).toEqual([
      "refused",
      "failed after 0.21 s",
    ]);
  });

  it("counts the seconds of an answer that is being written", () => {
    const now = Date.now() / 1000;
    expect(parts(null, { state: "streaming", text: "", created_at: now })[0]).toBe("waiting");
    expect(parts(null, { state: "streaming", text: "", reasoning: "hm", created_at: now })[0]).toBe(
      "thinking",
    );
    expect(parts(null, { state: "streaming", text: "x", created_at: now })[0]).toBe("writing");
  });

  it("speaks Spanish, with the same figures", async () => {
    await i18n.changeLanguage("es");
    expect(parts({ cost_kind: "unknown", cost_usd: null })[1]).toBe("precio desconocido");
    await i18n.changeLanguage("en");
  });

  it("is a button with a name and its figures", () => {
    parts({});
    expect(screen.getByRole("button", { name: /trace of the answer by pocket/ })).toBeTruthy();
  });
});

describe("the marks beside it", () => {
  const marks = (figures: Partial<Figures>) => {
    const message = aMessage("a1", "q1", { chip: { ...FIGURES, ...figures } });
    const onOpen = vi.fn();
    render(
      <TooltipProvider>
        <Marks message={message} open={false} onOpen={onOpen} />
      </TooltipProvider>,
    );
    return onOpen;
  };

  it("say what was dropped and changed, and because of which line", () => {
    const onOpen = marks({});
    const [dropped, changed] = screen.getAllByRole("button");
    expect(dropped?.textContent).toContain("2 dropped");
    expect(dropped?.textContent).toContain("seed was dropped because of librechat.yaml:41");
    expect(changed?.textContent).toContain("1 changed");
    dropped?.click();
    expect(onOpen).toHaveBeenCalledOnce();
  });

  it("say that another model answered, and that less was read than was sent", () => {
    marks({ dropped: [], changed: [], answered: "gpt-4o-mini", notices: ["other_model", "prompt_cut"] });
    const [answered, cut] = screen.getAllByRole("button");
    expect(answered?.textContent).toContain("gpt-4o-mini answered");
    expect(cut?.textContent).toContain("context cut");
    expect(screen.getAllByRole("button")).toHaveLength(2);
  });

  it("are none where all is as it was asked", () => {
    marks({ dropped: [], changed: [], notices: ["cut_by_length", "usage_missing"] });
    expect(screen.queryByRole("button")).toBeNull();
  });
});
