// Owns the page that shows the description of the API. It draws what the document says and asks for nothing else.

const METHODS = ["get", "post", "put", "patch", "delete", "options"];
const PROBLEM = "application/problem+json";

/** Makes an element; children are elements or texts, so nothing of the document is ever read as HTML. */
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Returns a text with its `code` marked. */
function prose(text) {
  return text.split("`").map((part, place) => (place % 2 ? make("code", {}, part) : part));
}

const pretty = (value) => JSON.stringify(value, null, 2);

/** Quotes a text for a shell. */
const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

function codeOf(text, label) {
  const button = make("button", { type: "button", "aria-label": `Copy ${label}` }, "Copy");
  button.addEventListener("click", async () => {
    await copy(text);
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 1500);
  });
  // Long ones scroll, which must be possible with a keyboard.
  return make("div", { class: "code" }, make("pre", { tabindex: "0", "aria-label": label }, text), button);
}

/** The clipboard is there on https and localhost only; elsewhere a selection is copied. */
async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = make("textarea", { class: "hidden" });
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

/** Returns what a schema says in a line. */
function told(schema) {
  if (schema === true || !schema) return "anything";
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.enum) return schema.enum.join(" | ");
  if (schema.const !== undefined) return String(schema.const);
  if (schema.anyOf) return schema.anyOf.map(told).join(" or ");
  if (schema.type === "array" && schema.items) return `list of ${told(schema.items)}`;
  const type = [schema.type ?? "anything"].flat().join(" or ");
  const bounds = [schema.minimum, schema.maximum].some((bound) => bound !== undefined);
  return bounds && schema.maximum !== undefined ? `${type} ${schema.minimum ?? ""}…${schema.maximum}` : type;
}

function parameterOf(parameter) {
  const { name, required, description, schema } = parameter;
  const example = parameter.example ?? schema.examples?.[0];
  const hint = make("small", {}, `${parameter.in}${required ? ", required" : ""}`);
  const more = example === undefined || example === "" ? "" : ` Like ${typeof example === "string" ? example : pretty(example)}`;
  return make("div", {}, make("dt", {}, name, hint), make("dd", {}, ...prose(description), ` (${told(schema)})${more}`));
}

/** Returns the request of the examples as a command. */
function curlOf(method, path, operation) {
  let address = path;
  const query = new URLSearchParams();
  for (const { name, in: place, example } of operation.parameters ?? []) {
    if (example === undefined) continue;
    if (place === "path") address = address.replace(`{${name}}`, encodeURIComponent(example));
    else query.set(name, example);
  }
  const text = query.size ? `?${query}` : "";
  const parts = [`curl ${quoted(location.origin + address + text)}`];
  if (method !== "get") parts[0] = `curl -X ${method.toUpperCase()} ${quoted(location.origin + address + text)}`;
  const ways = (operation.security ?? []).map((way) => Object.keys(way)[0]);
  if (ways.includes("key")) parts.push(`-H "Authorization: Bearer $HEATLINE_KEY"`);
  else if (ways.includes("session")) parts.push("-b cookies.txt");
  const [kind, media] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  if (kind) {
    parts.push(`-H 'Content-Type: ${kind}'`);
    parts.push(media.example ? `-d ${quoted(JSON.stringify(media.example))}` : "--data-binary @FILE");
  }
  return parts.join(" \\\n  ");
}

function whoOf(operation) {
  const ways = operation.security ?? [];
  const scopes = ways.flatMap((way) => way.key ?? []);
  const others = { session: "a session of the dashboard" };
  const parts = ways.map((way) => others[Object.keys(way)[0]]).filter(Boolean);
  if (scopes.length) parts.unshift(`a key with the scope ${scopes.join(" or ")}`);
  return parts.length ? `For ${parts.join(", or ")}.` : "For anybody.";
}

function answersOf(operation, schemas) {
  const rows = [];
  const entries = Object.entries(operation.responses);
  for (const [status, answer] of entries.filter(([, answer]) => !answer.content?.[PROBLEM])) {
    const kinds = Object.keys(answer.content ?? {}).join(", ");
    rows.push(make("div", {}, make("dt", {}, status, make("small", {}, kinds)), make("dd", {}, ...prose(answer.description))));
  }
  const failed = entries.filter(([, answer]) => answer.content?.[PROBLEM]).map(([status]) => status);
  const problem = make("dd", {}, "A problem document: what is wrong, and where.");
  rows.push(make("div", { class: "failed" }, make("dt", {}, failed.join(", "), make("small", {}, PROBLEM)), problem));
  const json = entries.map(([, answer]) => answer.content?.["application/json"]).find(Boolean);
  return [
    make("h4", {}, "Answers"),
    make("dl", {}, ...rows),
    ...(json?.example === undefined ? [] : [make("h4", {}, "Answer, for example"), codeOf(pretty(json.example), "answer")]),
    ...(json ? [schemaOf("Schema of the answer", json.schema, schemas)] : []),
  ];
}

function schemaOf(title, schema, schemas) {
  const name = schema.$ref?.split("/").pop();
  const shown = name ? schemas[name] : schema;
  return make("details", {}, make("summary", {}, name ? `${title}: ${name}` : title), codeOf(pretty(shown), title.toLowerCase()));
}

function articleOf(path, method, operation, schemas) {
  const parameters = operation.parameters ?? [];
  const body = Object.values(operation.requestBody?.content ?? {})[0];
  return make(
    "article",
    { id: operation.operationId },
    make("h3", {}, operation.summary),
    make("div", { class: "route" }, make("span", { class: `method ${method}` }, method.toUpperCase()), ` ${path}`),
    ...(operation.description ? [make("p", {}, ...prose(operation.description))] : []),
    make("p", { class: "who" }, whoOf(operation)),
    ...(parameters.length ? [make("h4", {}, "Parameters"), make("dl", {}, ...parameters.map(parameterOf))] : []),
    make("h4", {}, "Request"),
    codeOf(curlOf(method, path, operation), "request"),
    ...(body ? [schemaOf("Schema of the body", body.schema, schemas)] : []),
    ...answersOf(operation, schemas),
  );
}

function draw(description) {
  const { tags, paths, components } = description;
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    METHODS.filter((method) => methods[method]).map((method) => ({ path, method, operation: methods[method] })),
  );
  const groups = tags.map((tag) => {
    const routes = all.filter(({ operation }) => operation.tags.includes(tag.name));
    const items = routes.map(({ path, method, operation }) => {
      const article = articleOf(path, method, operation, components.schemas);
      const label = make("span", { class: `method ${method}` }, method.toUpperCase());
      const item = make("li", {}, make("a", { href: `#${operation.operationId}` }, label, make("span", {}, operation.summary)));
      const words = `${method} ${path} ${operation.summary} ${operation.description ?? ""} ${tag.name}`.toLowerCase();
      return { article, item, words };
    });
    const list = make("div", {}, make("h2", {}, tag.name), make("ul", {}, ...items.map(({ item }) => item)));
    const heading = make("h2", {}, tag.name);
    const section = make("section", {}, heading, make("p", {}, ...prose(tag.description)), ...items.map(({ article }) => article));
    return { list, section, items };
  });
  document.querySelector("#list").append(...groups.map(({ list }) => list));
  document.querySelector("#content").append(...groups.map(({ section }) => section));
  return groups;
}

/** Shows the routes that have every word. */
function search(groups, text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const { list, section, items } of groups) {
    let some = false;
    for (const { article, item, words: has } of items) {
      const fits = words.every((word) => has.includes(word));
      article.hidden = item.hidden = !fits;
      some ||= fits;
      found += fits ? 1 : 0;
    }
    list.hidden = section.hidden = !some;
  }
  document.querySelector("#state").textContent = found ? "" : "No route has these words.";
}

const state = document.querySelector("#state");
try {
  const answer = await fetch("/api/openapi.json");
  if (!answer.ok) throw new Error(`the answer was ${answer.status}`);
  const groups = draw(await answer.json());
  state.textContent = "";
  const field = document.querySelector("#search");
  field.addEventListener("input", () => search(groups, field.value));
  // The place that the address names is there only now.
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView({ behavior: "instant" });
} catch (error) {
  state.textContent = `The description cannot be shown: ${error.message}. It is at /api/openapi.json.`;
}
