export default function EndpointsRoom() {
  return <main />;
}
