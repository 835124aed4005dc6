// What Lemmy's client library declares of answers, held against what comes: no field is missing, none is
// null where it may be left out, none is unknown, and each is of its type.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

// Fields of Lemmy 0.19.20 that the library does not declare yet, and their types.
const NEWER = {
  PrivateMessage: { removed: "boolean" },
  LocalUser: { last_donation_notification: "string" },
};

/** The same client, but that each answer is checked against its declared type. */
export function checked(client, modules) {
  const folder = `${modules}/node_modules/lemmy-js-client/dist`;
  const declared = new Map();
  const methods = new Map();
  const words = text => text.replace(/\/\*[\s\S]*?\*\//g, "");
  for (const [, name, type] of words(readFileSync(`${folder}/http.d.ts`, "utf8")).matchAll(
    /^ {4}(\w+)\(.*\): Promise<(.+)>;$/gm,
  )) {
    methods.set(name, type);
  }
  // Declared as a string, and read as what it is.
  methods.delete("exportSettings");

  function typeOf(name) {
    if (!declared.has(name)) {
      const text = words(readFileSync(`${folder}/types/${name}.d.ts`, "utf8"));
      const fields = text.match(/export interface \w+ \{([\s\S]*)\}/);
      const alias = text.match(/export type \w+ =([\s\S]*);/);
      declared.set(name, fields ? { fields: fieldsOf(fields[1]) } : { alias: alias[1].trim() });
    }
    return declared.get(name);
  }

  const fieldsOf = text =>
    [...text.matchAll(/(\w+)(\?)?: ([^;]+);/g)].map(([, name, optional, type]) => ({
      name,
      optional: optional !== undefined,
      type: type.trim(),
    }));

  function check(value, type, path) {
    const list = type.match(/^Array<(.+)>$/)?.[1] ?? type.match(/^(\w+)\[\]$/)?.[1];
    if (list) {
      assert.ok(Array.isArray(value), `${path} is no list`);
      value.forEach((item, at) => check(item, list, `${path}[${at}]`));
    } else if (type.includes('"')) {
      const known = [...type.matchAll(/"([^"]*)"/g)].map(word => word[1]);
      assert.ok(known.includes(value), `${path} is ${value}, and not one of ${known}`);
    } else if (["string", "number", "boolean"].includes(type)) {
      assert.equal(typeof value, type, `${path} is ${value}`);
    } else if (type !== "any" && type !== "unknown") {
      const { fields, alias } = typeOf(type);
      if (alias) return check(value, alias, path);
      assert.equal(typeof value, "object", `${path} is ${value}`);
      for (const { name, optional, type: of } of fields) {
        const at = `${path}.${name}`;
        if (value[name] === undefined) assert.ok(optional, `${at} is missing`);
        else check(value[name], of, at);
      }
      const newer = NEWER[type] ?? {};
      for (const [name, of] of Object.entries(newer)) check(value[name], of, `${path}.${name}`);
      const names = new Set([...fields.map(field => field.name), ...Object.keys(newer)]);
      for (const name of Object.keys(value)) {
        assert.ok(names.has(name), `${path}.${name} is not declared`);
      }
    }
  }

  return new Proxy(client, {
    get(target, name) {
      const member = target[name];
      if (typeof member !== "function") return member;
      return async (...given) => {
        const answer = await member.apply(target, given);
        if (methods.has(name)) check(answer, methods.get(name), name);
        return answer;
      };
    },
  });
}
