// html-validate over many files, its rules read once (its own command reads them anew for each file, half of its time):
// node check.mjs RULES FILE... prints [{filePath, messages}] of the files with messages.
import { readFileSync } from "node:fs";
import { HtmlValidate, StaticConfigLoader } from "html-validate";

class Once extends StaticConfigLoader {
  getConfigFor(...asked) {
    return (this.known ??= super.getConfigFor(...asked));
  }
}

const [rules, ...files] = process.argv.slice(2);
const tool = new HtmlValidate(new Once(JSON.parse(readFileSync(rules, "utf-8"))));
const found = [];
for (const filePath of files) {
  const { results } = await tool.validateString(readFileSync(filePath, "utf-8"), filePath);
  found.push(...results.filter((one) => one.messages.length).map(({ messages }) => ({ filePath, messages })));
}
process.stdout.write(JSON.stringify(found));
