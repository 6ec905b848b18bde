export default function SettingsRoom() {
  return <main />;
}
