export default function ChatRoom() {
  return <main />;
}
