import type { Conversation } from "../../../api/types";

export interface DateGroup {
  /** `today`, `yesterday`, `week`, `month`, or a month as 2026-10. */
  key: string;
  conversations: Conversation[];
}

const DAY = 86_400_000;

/** Conversations by the day of their last change, newest first, in the reader's own time zone. */
export function byDate(conversations: Conversation[], now: Date): DateGroup[] {
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
  const groups: DateGroup[] = [];
  const sorted = [...conversations].sort((a, b) => b.updated_at - a.updated_at);
  for (const conversation of sorted) {
    const key = keyOf(conversation.updated_at * 1000, midnight);
    const last = groups.at(-1);
    if (last?.key === key) last.conversations.push(conversation);
    else groups.push({ key, conversations: [conversation] });
  }
  return groups;
}

function keyOf(at: number, midnight: number): string {
  if (at >= midnight) return "today";
  // Rounded, because a day with a change of the clock has 23 or 25 hours.
  const days = Math.round((midnight - new Date(at).setHours(0, 0, 0, 0)) / DAY);
  if (days <= 1) return "yesterday";
  if (days <= 7) return "week";
  if (days <= 30) return "month";
  const date = new Date(at);
  return `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, "0")}`;
}

/** The heading of a month that has no name of its own. */
export function monthName(key: string, language: string): string {
  const [year, month] = key.split("-").map(Number);
  const text = new Intl.DateTimeFormat(language, { month: "long", year: "numeric" }).format(
    new Date(year ?? 0, (month ?? 1) - 1, 1),
  );
  return text.charAt(0).toLocaleUpperCase(language) + text.slice(1);
}
