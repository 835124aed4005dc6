// What members keep for themselves, through Lemmy's own client library: marks, blocks, settings, leaving.
// node personal.mjs BASE_URL FOLDER_WITH_NODE_MODULES
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { checked } from "./shapes.mjs";

const [base, modules] = process.argv.slice(2);
const { LemmyHttp } = createRequire(`${modules}/`)("lemmy-js-client");

const password = "correct horse battery";
const client = (jwt, headers = {}) =>
  checked(
    new LemmyHttp(base, { headers: { ...(jwt && { Authorization: `Bearer ${jwt}` }), ...headers } }),
    modules,
  );
const anybody = client();
const refused = (call, name) => assert.rejects(call, { message: name }, `should be refused with ${name}`);
const titles = list => list.posts.map(p => p.post.name);
const texts = list => list.comments.map(c => c.comment.content);

const tokens = new Map();
async function register(username, headers, more = {}) {
  const form = { username, password, password_verify: password, ...more };
  const { jwt } = await client(undefined, headers).register(form);
  tokens.set(username, jwt);
  return client(jwt, headers);
}

const ann = await register("ann");
const bob = await register("bob");
const annId = (await ann.getSite()).my_user.local_user_view.person.id;
const bobId = (await bob.getSite()).my_user.local_user_view.person.id;
const { community } = (await ann.createCommunity({ name: "biology", title: "Biology" })).community_view;
const group = community.id;
const post = async (who, name, more = {}) =>
  (await who.createPost({ community_id: group, name, ...more })).post_view.post;
const comment = async (who, post_id, content, parent_id) =>
  (await who.createComment({ post_id, content, parent_id })).comment_view.comment;

const first = await post(ann, "The first thread");
const second = await post(ann, "The second thread");
const reply = await comment(ann, first.id, "A reply of Ann's");

// Saved.
assert.equal((await bob.savePost({ post_id: first.id, save: true })).post_view.saved, true);
assert.equal((await bob.saveComment({ comment_id: reply.id, save: true })).comment_view.saved, true);
assert.deepEqual(titles(await bob.getPosts({ saved_only: true })), ["The first thread"]);
assert.deepEqual(texts(await bob.getComments({ saved_only: true })), ["A reply of Ann's"]);
assert.deepEqual(titles(await ann.getPosts({ saved_only: true })), []);
const mine = await bob.getPersonDetails({ person_id: bobId, saved_only: true });
assert.deepEqual([mine.posts.length, mine.comments.length], [1, 1]);
assert.equal((await bob.savePost({ post_id: first.id, save: false })).post_view.saved, false);
assert.deepEqual(titles(await bob.getPosts({ saved_only: true })), []);
await refused(bob.savePost({ post_id: 1, save: true }), "couldnt_find_post");
await refused(anybody.savePost({ post_id: first.id, save: true }), "incorrect_login");

// Read, with the comments that came since.
const seen = async (who, id) => (await who.getPosts({})).posts.find(p => p.post.id === id);
assert.deepEqual([(await seen(bob, first.id)).read, (await seen(bob, first.id)).unread_comments], [false, 1]);
await bob.getPost({ id: first.id });
assert.deepEqual([(await seen(bob, first.id)).read, (await seen(bob, first.id)).unread_comments], [true, 0]);
await comment(ann, first.id, "Another one");
assert.equal((await seen(bob, first.id)).unread_comments, 1);
await bob.markPostAsRead({ post_ids: [first.id, second.id], read: true });
await bob.saveUserSettings({ show_read_posts: false });
assert.deepEqual(titles(await bob.getPosts({})), []);
assert.equal((await bob.getPosts({ show_read: true })).posts.length, 2);
assert.equal((await bob.search({ q: "thread" })).posts.length, 2, "what was read is found again");
await bob.markPostAsRead({ post_id: second.id, post_ids: [second.id], read: false });
assert.deepEqual(titles(await bob.getPosts({})), ["The second thread"]);
await bob.saveUserSettings({ show_read_posts: true });

// Hidden.
await bob.hidePost({ post_ids: [second.id], hide: true });
assert.deepEqual(titles(await bob.getPosts({})), ["The first thread"]);
assert.equal((await bob.getPosts({ show_hidden: true })).posts.find(p => p.post.id === second.id).hidden, true);
await bob.hidePost({ post_ids: [second.id], hide: false });
assert.equal((await bob.getPosts({})).posts.length, 2);

// Votes as lists.
await bob.likePost({ post_id: first.id, score: 1 });
await bob.likePost({ post_id: second.id, score: -1 });
assert.deepEqual(titles(await bob.getPosts({ liked_only: true })), ["The first thread"]);
assert.deepEqual(titles(await bob.getPosts({ disliked_only: true })), ["The second thread"]);
await bob.likeComment({ comment_id: reply.id, score: 1 });
assert.deepEqual(texts(await bob.getComments({ liked_only: true })), ["A reply of Ann's"]);
await refused(bob.getPosts({ liked_only: true, disliked_only: true }), "contradicting_filters");

// Orders.
await ann.likePost({ post_id: second.id, score: 1 });
assert.deepEqual(titles(await ann.getPosts({ sort: "Controversial" })), ["The second thread"]);
assert.deepEqual(titles(await ann.getPosts({ sort: "MostComments" })), ["The first thread", "The second thread"]);
assert.deepEqual(titles(await ann.getPosts({ sort: "Old" })), ["The first thread", "The second thread"]);

// Donations to Lemmy are asked of nobody here, and who closes an app's banner is answered.
const { last_donation_notification: asked } = (await ann.getSite()).my_user.local_user_view.local_user;
assert.ok(Date.now() - new Date(asked) < 60_000);
const closing = { method: "POST", headers: { Authorization: `Bearer ${tokens.get("ann")}` } };
const closed = await fetch(`${base}/api/v3/user/donation_dialog_shown`, closing);
assert.deepEqual([closed.status, await closed.json()], [200, { success: true }]);

// Everything is marked as read, messages among it.
await bob.createPrivateMessage({ recipient_id: annId, content: "Psst" });
await comment(bob, first.id, "Once more");
assert.deepEqual(await ann.getUnreadCount(), { replies: 1, mentions: 0, private_messages: 1 });
await ann.markAllAsRead();
assert.deepEqual(await ann.getUnreadCount(), { replies: 0, mentions: 0, private_messages: 0 });

// Whom somebody blocks they do not read, and are not notified by.
const annoying = await comment(bob, first.id, "Of Bob's");
assert.equal((await ann.getUnreadCount()).replies, 1);
const blocked = await ann.blockPerson({ person_id: bobId, block: true });
assert.deepEqual([blocked.blocked, blocked.person_view.person.name], [true, "bob"]);
assert.deepEqual((await ann.getSite()).my_user.person_blocks.map(b => b.target.name), ["bob"]);
assert.ok(!texts(await ann.getComments({ post_id: first.id })).includes("Of Bob's"));
assert.ok(!texts(await ann.getComments({})).includes("Of Bob's"));
assert.ok(texts(await anybody.getComments({ post_id: first.id })).includes("Of Bob's"));
assert.equal((await ann.getUnreadCount()).replies, 0);
assert.deepEqual((await ann.getReplies({})).replies, []);
const bobs = await post(bob, "A thread of Bob's");
assert.ok(!titles(await ann.getPosts({})).includes("A thread of Bob's"));
const finds = async (who, q, type_) => {
  const { posts, comments, communities } = await who.search({ q, type_ });
  return posts.length + comments.length + communities.length;
};
assert.deepEqual([await finds(ann, "Bob's", "Posts"), await finds(ann, "Bob's", "Comments")], [0, 0]);
assert.deepEqual([await finds(bob, "Bob's", "Posts"), await finds(bob, "Bob's", "Comments")], [1, 1]);
assert.equal((await ann.getPost({ id: bobs.id })).post_view.creator_blocked, true);
await refused(comment(bob, first.id, "Again, while blocked"), "person_is_blocked");
await ann.blockPerson({ person_id: bobId, block: false });
assert.ok(titles(await ann.getPosts({})).includes("A thread of Bob's"));
assert.equal((await ann.getUnreadCount()).replies, 1, "what came before is there again, and nothing else");
await refused(ann.blockPerson({ person_id: annId, block: true }), "cant_block_yourself");
await refused(ann.blockPerson({ person_id: group, block: true }), "couldnt_find_person");

// A group that is blocked is left, and stands on its own page alone.
await bob.followCommunity({ community_id: group, follow: true });
const without = await bob.blockCommunity({ community_id: group, block: true });
assert.deepEqual([without.blocked, without.community_view.blocked], [true, true]);
assert.equal(without.community_view.subscribed, "NotSubscribed");
assert.deepEqual((await bob.getSite()).my_user.community_blocks.map(b => b.community.name), ["biology"]);
assert.deepEqual(titles(await bob.getPosts({ type_: "All" })), []);
assert.deepEqual((await bob.listCommunities({ type_: "All" })).communities, []);
for (const [q, type_] of [["thread", "Posts"], ["reply", "Comments"], ["biology", "Communities"]]) {
  assert.equal(await finds(bob, q, type_), 0, type_);
  assert.ok((await finds(ann, q, type_)) > 0, type_);
}
assert.equal((await bob.getPosts({ community_id: group })).posts.length, 3);
await bob.blockCommunity({ community_id: group, block: false });
assert.equal((await bob.getPosts({ type_: "All" })).posts.length, 3);
await refused(bob.blockInstance({ instance_id: 1, block: true }), "cant_block_local_instance");
await refused(bob.blockInstance({ instance_id: 999, block: true }), "couldnt_find_instance");

// Bots.
const robot = await register("robot");
await robot.saveUserSettings({ bot_account: true });
assert.equal((await robot.getSite()).my_user.local_user_view.person.bot_account, true);
await ann.markAllAsRead();
await ann.saveUserSettings({ show_bot_accounts: false });
await comment(robot, first.id, "Beep");
assert.equal((await ann.getUnreadCount()).replies, 0);
assert.ok(!texts(await ann.getComments({ post_id: first.id })).includes("Beep"));
await ann.saveUserSettings({ show_bot_accounts: true });
assert.equal((await ann.getUnreadCount()).replies, 1);

// What is sensitive is shown to who asks for it.
await post(ann, "Something sensitive", { nsfw: true });
assert.ok(!titles(await bob.getPosts({})).includes("Something sensitive"));
assert.ok(titles(await bob.getPosts({ show_nsfw: true })).includes("Something sensitive"));
assert.equal(await finds(bob, "sensitive", "Posts"), 0);
await bob.saveUserSettings({ show_nsfw: true });
assert.equal(await finds(bob, "sensitive", "Posts"), 1);
assert.ok(titles(await bob.getPosts({})).includes("Something sensitive"));

// Settings are kept, and what lists begin with follows them.
await bob.saveUserSettings({
  theme: "darkly", interface_language: "de", show_avatars: false, auto_expand: true,
  default_sort_type: "Old", default_listing_type: "Subscribed", post_listing_mode: "Card",
  display_name: "Bob B.", bio: "About *Bob*.", matrix_user_id: "@bob:matrix.example",
  email: "bob@example.org", show_scores: false,
});
const settings = (await bob.getSite()).my_user.local_user_view;
assert.deepEqual(
  [settings.local_user.theme, settings.local_user.interface_language, settings.local_user.show_avatars],
  ["darkly", "de", false],
);
assert.deepEqual([settings.local_user.default_sort_type, settings.local_user.default_listing_type], ["Old", "Subscribed"]);
assert.equal(settings.local_user.post_listing_mode, "Card");
assert.equal(settings.local_user.email, "bob@example.org");
assert.equal(settings.local_user_vote_display_mode.score, false);
assert.deepEqual(
  [settings.person.display_name, settings.person.bio, settings.person.matrix_user_id],
  ["Bob B.", "About *Bob*.", "@bob:matrix.example"],
);
assert.deepEqual(titles(await bob.getPosts({})), [], "the groups he follows: none");
assert.equal(titles(await bob.getPosts({ type_: "All" }))[0], "The first thread", "the oldest first");
await refused(bob.saveUserSettings({ matrix_user_id: "bob" }), "invalid_matrix_id");
await refused(ann.saveUserSettings({ email: "bob@example.org" }), "email_already_exists");
await refused(ann.saveUserSettings({ bio: "x".repeat(3000) }), "bio_length_overflow");
await bob.saveUserSettings({ default_listing_type: "All", display_name: "" });
assert.equal((await bob.getSite()).my_user.local_user_view.person.display_name, undefined);

// Languages.
const de = (await ann.getSite()).all_languages.find(l => l.code === "de").id;
await post(ann, "Auf Deutsch", { language_id: de });
await bob.saveUserSettings({ discussion_languages: [37] });
assert.deepEqual((await bob.getSite()).my_user.discussion_languages, [0, 37]);
assert.ok(!titles(await bob.getPosts({ limit: 50 })).includes("Auf Deutsch"));
assert.ok(titles(await bob.getPosts({ limit: 50 })).includes("The first thread"));
await bob.saveUserSettings({ discussion_languages: [] });
assert.ok(titles(await bob.getPosts({ limit: 50 })).includes("Auf Deutsch"));
const french = await register("jeanne", { "Accept-Language": "fr-CH, en;q=0.8, *;q=0.5" });
assert.equal((await french.getSite()).my_user.local_user_view.local_user.interface_language, "fr");

// Names in other letters, and names found by what stands inside them.
await register("تجريب123");
assert.equal((await anybody.getPersonDetails({ username: "تجريب123" })).person_view.person.name, "تجريب123");
const found = q => anybody.search({ q, type_: "Communities" }).then(r => r.communities.map(c => c.community.name));
assert.deepEqual(await found("olog"), ["biology"]);
const people = q => anybody.search({ q, type_: "Users" }).then(r => r.users.map(u => u.person.name));
assert.deepEqual(await people("obot"), ["robot"]);
assert.deepEqual(await people("تجر"), ["تجريب123"]);

// Far pages.
const many = await ann.createCommunity({ name: "many", title: "Many" });
for (let n = 0; n < 24; n++) {
  await ann.createPost({ community_id: many.community_view.community.id, name: `Thread ${n}` });
}
const page = n => ann.getPosts({ community_id: many.community_view.community.id, sort: "New", limit: 1, page: n });
assert.deepEqual(titles(await page(24)), ["Thread 0"]);
assert.deepEqual(titles(await page(25)), []);

// Take along, bring in.
await bob.savePost({ post_id: first.id, save: true });
await bob.followCommunity({ community_id: group, follow: true });
await bob.blockPerson({ person_id: bobId === annId ? bobId : (await robot.getSite()).my_user.local_user_view.person.id, block: true });
const backup = await bob.exportSettings();
assert.deepEqual(backup.saved_posts, [first.ap_id]);
const carl = await register("carl");
await carl.importSettings(backup);
for (let tries = 0; ; tries++) {
  const me = (await carl.getSite()).my_user;
  const saved = (await carl.getPosts({ saved_only: true })).posts.length;
  if (me.follows.length === 1 && me.person_blocks.length === 1 && saved === 1) break;
  assert.ok(tries < 100, "the import comes in");
  await new Promise(done => setTimeout(done, 50));
}

// Passwords, log-ins, what is not there.
assert.ok((await bob.listLogins()).length >= 1);
await refused(
  bob.changePassword({ new_password: "a new long one", new_password_verify: "another", old_password: password }),
  "passwords_do_not_match",
);
await refused(
  bob.changePassword({ new_password: "a new long one", new_password_verify: "a new long one", old_password: "no" }),
  "incorrect_login",
);
const { jwt } = await bob.changePassword({
  new_password: "a new long one", new_password_verify: "a new long one", old_password: password,
});
assert.equal((await client(jwt).validateAuth()).success, true);
await refused(anybody.passwordReset({ email: "bob@example.org" }), "no_email_setup");
assert.equal((await client("nonsense").getSite()).my_user, undefined);

// Leaving: what was written stays, or goes.
await refused(carl.deleteAccount({ password: "wrong", delete_content: true }), "incorrect_login");
const kept = await comment(carl, first.id, "Carl was here");
await carl.deleteAccount({ password, delete_content: false });
assert.equal((await ann.getComment({ id: kept.id })).comment_view.comment.deleted, false);
assert.equal((await carl.getSite()).my_user, undefined);
await client(jwt).deleteAccount({ password: "a new long one", delete_content: true });
assert.equal((await ann.getComment({ id: annoying.id })).comment_view.comment.deleted, true);
assert.ok(!titles(await ann.getPosts({ limit: 50 })).includes("A thread of Bob's"));
await refused(ann.getPersonDetails({ username: "bob" }), "couldnt_find_person");
