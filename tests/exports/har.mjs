// Reads an archive from standard input; ends with what is wrong with it, if anything is.
import { text } from "node:stream/consumers";
import { har } from "har-validator";

try {
  await har(JSON.parse(await text(process.stdin)));
} catch (error) {
  console.error(JSON.stringify(error.errors ?? String(error)));
  process.exit(1);
}
