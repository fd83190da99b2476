/**
 * A client's request written out in another language, to be sent again: for a shell, Python, PHP, JavaScript, and as a test.
 * The journal knows no secret; where one stood, what is written out takes it from the environment: PBX_PASSWORD.
 */

const MASK = "***";
const FORM = "application/x-www-form-urlencoded";
/** What belongs to a connection, or to the client that sent it: whoever sends it again has his own. */
const LEFT_OUT = /^(host|content-length|connection|keep-alive|accept-encoding|transfer-encoding|expect|user-agent|te|origin|referer|cookie|upgrade|sec-.*|priority)$/i;

export const LANGUAGES = { curl: asCurl, Python: asPython, PHP: asPhp, JavaScript: asJavaScript, pytest: asPytest };

/** Write a request to that PBX out in one of LANGUAGES; `server` is the server's base URL. */
export function written(language, request, server, pbx) {
  return LANGUAGES[language](taken(request), server, { ...request, pbx });
}

/** Tell whether a request can be written out in full: of a body that is neither form nor JSON the journal has only the size. */
export function isWhole({ body }) {
  return !(typeof body === "string" && body.startsWith("("));
}

/** Take a request apart: what was in its query, its form, its JSON. */
function taken({ method, path, params, body, headers }) {
  const kept = Object.entries(headers).filter(([name]) => !LEFT_OUT.test(name));
  const type = kept.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";
  const isForm = type.toLowerCase().startsWith(FORM) && isObject(body);
  const form = isForm ? body : null;
  const query = Object.entries(params).filter(([name, value]) => !form || form[name] !== value);
  const json = !isForm && body !== null && isWhole({ body }) ? { document: body } : null;
  return { method, path, query, form: form && Object.entries(form), json, headers: kept };
}

function isObject(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** Give the name of the environment's variable for a secret. */
function variable(name) {
  return `PBX_${name.toUpperCase().replace(/[^A-Z0-9]+/g, "_")}`;
}

/** Spell a value: its texts by `text`, a secret of that name by `secret`; pieces are joined by `plus`. */
function spelt(name, value, { text, secret, plus }) {
  const pieces = String(value).split(MASK);
  if (pieces.length === 1) return text(String(value));
  const out = [];
  pieces.forEach((piece, index) => {
    if (index) out.push(secret(variable(name)));
    if (piece) out.push(text(piece));
  });
  return out.join(plus);
}

/** Spell a JSON document as a literal of a language: `{ text, secret, plus, yes, no, none, key, open, close, list }`. */
function literal(value, as, name = "secret") {
  if (Array.isArray(value)) return `[${value.map((each) => literal(each, as, name)).join(", ")}]`;
  if (isObject(value)) {
    const pairs = Object.entries(value).map(([key, each]) => `${as.text(key)}${as.key}${literal(each, as, key)}`);
    return pairs.length || !as.empty ? `${as.open}${pairs.join(", ")}${as.close}` : as.empty;
  }
  if (value === null) return as.none;
  if (value === true) return as.yes;
  if (value === false) return as.no;
  return typeof value === "number" ? String(value) : spelt(name, value, as);
}

function pairs(entries, as) {
  return literal(Object.fromEntries(entries), as);
}

// -- curl --------------------------------------------------------------------------------------------------------------

function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

const SHELL = { text: quoted, secret: (name) => `"$${name}"`, plus: "" };

function asCurl({ method, path, query, form, json, headers }, server) {
  const isPlain = method === "GET" && !form && !json;
  const lines = [`curl ${isPlain ? "--get" : `--request ${quoted(method)}`} ${target(path, isPlain ? [] : query, server)}`];
  const data = (entries) => entries.map(([name, value]) =>
    `--data-urlencode ${quoted(`${encodeURIComponent(name)}=`)}${spelt(name, value, SHELL)}`);
  lines.push(...headers.map(([name, value]) => `--header ${quoted(`${name}: `)}${spelt(name, value, SHELL)}`));
  if (isPlain) lines.push(...data(query));
  if (form) lines.push(...data(form));
  if (json) lines.push(`--data-binary ${jsonText(json.document)}`);
  return `${lines.join(" \\\n  ")}\n`;
}

/** Give the address with a query, as a word of the shell. */
function target(path, query, server) {
  const said = query.map(([name, value]) =>
    `${quoted(`${encodeURIComponent(name)}=`)}${spelt(name, value, { ...SHELL, text: (text) => quoted(encodeURIComponent(text)) })}`);
  const address = quoted(`${server}${path}${said.length ? "?" : ""}`);
  return [address, said.join("'&'")].join("");
}

/** Spell a document as JSON within the shell's quotes, which are closed for a secret. */
function jsonText(document, name = "secret") {
  const text = (value) => quoted(value);
  if (Array.isArray(document)) return [quoted("["), document.map((each) => jsonText(each, name)).join(quoted(", ")), quoted("]")].join("");
  if (isObject(document)) {
    const said = Object.entries(document).map(([key, each]) => quoted(`${JSON.stringify(key)}: `) + jsonText(each, key));
    return [quoted("{"), said.join(quoted(", ")), quoted("}")].join("");
  }
  if (typeof document !== "string") return quoted(JSON.stringify(document));
  const inner = (piece) => quoted(JSON.stringify(piece).slice(1, -1));
  return [text('"'), spelt(name, document, { ...SHELL, text: inner }), text('"')].join("");
}

// -- Python ------------------------------------------------------------------------------------------------------------

const PYTHON = {
  text: (text) => JSON.stringify(text).replace(/[\u007f-\u009f\u2028\u2029]/g, (sign) => `\\u${hex(sign)}`),
  secret: (name) => `os.environ["${name}"]`,
  plus: " + ", key: ": ", open: "{", close: "}", yes: "True", no: "False", none: "None",
};

function hex(sign) {
  return sign.charCodeAt(0).toString(16).padStart(4, "0");
}

function asPython(parts, server) {
  return [
    ...pythonImports(parts, ["from urllib.error import HTTPError"]), "",
    ...pythonRequest(parts, PYTHON.text(server)),
    "try:",
    "    reply = urlopen(request)",
    "except HTTPError as refusal:",
    "    reply = refusal",
    "print(reply.status, reply.read().decode())", "",
  ].join("\n");
}

function asPytest(parts, server, request) {
  const { seq, status, call } = request;
  const name = (request.vendor ?? "request").replace(/\W+/g, "_");
  const isGood = status < 400;
  const seen = isReplyWhole(request) ? [`    assert reply.read().decode() == ${PYTHON.text(request.reply)}`] : [];
  return [
    ...pythonImports(parts, isGood ? [] : ["from urllib.error import HTTPError", "", "import pytest"]), "", "",
    `def test_${name}_${seq}(pbx):  # the PBX ${JSON.stringify(request.pbx)}: pytest's setting pbxsim_file, or @pytest.mark.pbx`,
    ...pythonRequest(parts, "pbx.url").map((line) => `    ${line}`),
    ...(isGood ? ["    reply = urlopen(request)"] : ["    with pytest.raises(HTTPError) as refusal:", "        urlopen(request)", "    reply = refusal.value"]),
    `    assert reply.status == ${status}`,
    ...seen,
    `    assert len(pbx.calls) == ${call === null ? 0 : 1}`, "",
  ].join("\n");
}

/** Tell whether a reply is known byte for byte, or nearly: secrets in it are not, nor what was too long. */
function isReplyWhole({ reply, reply_size: size }) {
  return !reply.includes(MASK) && new TextEncoder().encode(reply).length === size;
}

function pythonImports({ query, form, json, headers, path }, more) {
  const said = JSON.stringify([query, form, json, headers, path]);
  const own = [said.includes(MASK) && "import os", json && "import json"].filter(Boolean).sort();
  const parse = query.length || form ? ["from urllib.parse import urlencode"] : [];
  const [errors, ...others] = more;
  return [...own, ...(errors ? [errors] : []), ...parse, "from urllib.request import Request, urlopen", ...others];
}

function pythonRequest({ method, path, query, form, json, headers }, server) {
  const place = spelt("path", path, PYTHON);
  const address = `${server} + ${place}${query.length ? ` + "?" + urlencode(${pairs(query, PYTHON)})` : ""}`;
  const body = form ? `urlencode(${pairs(form, PYTHON)}).encode()` : json && `json.dumps(${literal(json.document, PYTHON)}).encode()`;
  const parts = [
    `    ${address},`,
    ...(body ? [`    data=${body},`] : []),
    ...(headers.length ? [`    headers=${pairs(headers, PYTHON)},`] : []),
    `    method=${PYTHON.text(method)},`,
  ];
  return ["request = Request(", ...parts, ")"];
}

// -- PHP ---------------------------------------------------------------------------------------------------------------

const PHP = {
  text: (text) => `'${text.replace(/[\\']/g, "\\$&")}'`,
  secret: (name) => `getenv('${name}')`,
  plus: " . ", key: " => ", open: "[", close: "]", yes: "true", no: "false", none: "null", empty: "new stdClass()",
};

function asPhp({ method, path, query, form, json, headers }, server) {
  const heads = headers.map(([name, value]) => `${PHP.text(`${name}: `)} . ${spelt(name, value, PHP)}`);
  const body = form ? `http_build_query(${pairs(form, PHP)})` : json && `json_encode(${literal(json.document, PHP)})`;
  const address = `${PHP.text(server)} . ${spelt("path", path, PHP)}`;
  return [
    "<?php",
    "$context = stream_context_create(['http' => [",
    `    'method' => ${PHP.text(method)},`,
    ...(heads.length ? [`    'header' => [${heads.join(", ")}],`] : []),
    ...(body ? [`    'content' => ${body},`] : []),
    "    'ignore_errors' => true,",
    "]]);",
    `echo file_get_contents(${address}${query.length ? ` . '?' . http_build_query(${pairs(query, PHP)})` : ""}, false, $context);`, "",
  ].join("\n");
}

// -- JavaScript --------------------------------------------------------------------------------------------------------

const JAVASCRIPT = {
  text: (text) => JSON.stringify(text).replace(/[\u2028\u2029]/g, (sign) => `\\u${hex(sign)}`),
  secret: (name) => `process.env.${name}`,
  plus: " + ", key: ": ", open: "{ ", close: " }", yes: "true", no: "false", none: "null", empty: "{}",
};

function asJavaScript({ method, path, query, form, json, headers }, server) {
  const body = form ? `new URLSearchParams(${pairs(form, JAVASCRIPT)})` : json && `JSON.stringify(${literal(json.document, JAVASCRIPT)})`;
  const address = `${JAVASCRIPT.text(server)} + ${spelt("path", path, JAVASCRIPT)}`;
  return [
    `const reply = await fetch(${address}${query.length ? ` + "?" + new URLSearchParams(${pairs(query, JAVASCRIPT)})` : ""}, {`,
    `  method: ${JAVASCRIPT.text(method)},`,
    ...(headers.length ? [`  headers: ${pairs(headers, JAVASCRIPT)},`] : []),
    ...(body ? [`  body: ${body},`] : []),
    "});",
    "console.log(reply.status, await reply.text());", "",
  ].join("\n");
}
