// Somebody applies to join an instance whose administrators decide.
// node approval.mjs BASE_URL FOLDER_WITH_NODE_MODULES
import assert from "node:assert/strict";
import { createRequire } from "node:module";

const [base, modules] = process.argv.slice(2);
const { LemmyHttp } = createRequire(`${modules}/`)("lemmy-js-client");

const anybody = new LemmyHttp(base);
const password = "correct horse battery";
const form = { username: "carl", password, password_verify: password };

const site = await anybody.getSite();
assert.equal(site.site_view.local_site.registration_mode, "RequireApplication");
await assert.rejects(anybody.register(form), {
  message: "registration_application_answer_required",
});
assert.deepEqual(await anybody.register({ ...form, answer: "I teach chemistry." }), {
  registration_created: true,
  verify_email_sent: false,
});
await assert.rejects(anybody.login({ username_or_email: "carl", password }), {
  message: "registration_application_is_pending",
});
console.log("the story is told");
