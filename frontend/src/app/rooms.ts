import { ChartNoAxesGantt, type LucideIcon, MessageSquare, Plug, SlidersHorizontal } from "lucide-react";

export interface Room {
  name: "chat" | "traces" | "endpoints" | "settings";
  path: "/" | "/traces" | "/endpoints" | "/settings";
  icon: LucideIcon;
}

/** The rooms in the order of the rail; the last stands apart at its foot. */
export const ROOMS: Room[] = [
  { name: "chat", path: "/", icon: MessageSquare },
  { name: "traces", path: "/traces", icon: ChartNoAxesGantt },
  { name: "endpoints", path: "/endpoints", icon: Plug },
  { name: "settings", path: "/settings", icon: SlidersHorizontal },
];

export function roomOf(pathname: string): Room["name"] {
  return ROOMS.find((room) => room.path !== "/" && pathname.startsWith(room.path))?.name ?? "chat";
}
