// What moderators and administrators do, through Lemmy's own client library: every answer has the shape
// that the library declares, and lists are as long as they are asked for.
// node administration.mjs BASE_URL FOLDER_WITH_NODE_MODULES; the administrator is called rosa.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { checked } from "./shapes.mjs";

const [base, modules] = process.argv.slice(2);
const { LemmyHttp } = createRequire(`${modules}/`)("lemmy-js-client");

const password = "correct horse battery";
const client = jwt =>
  checked(new LemmyHttp(base, jwt && { headers: { Authorization: `Bearer ${jwt}` } }), modules);
const anybody = client();
const refused = (call, name) => assert.rejects(call, { message: name }, `should be refused with ${name}`);
const register = async username =>
  client((await anybody.register({ username, password, password_verify: password })).jwt);
const idOf = async who => (await who.getSite()).my_user.local_user_view.person.id;

const root = client((await anybody.login({ username_or_email: "rosa", password })).jwt);
const [ann, bob, eve] = [await register("ann"), await register("bob"), await register("eve")];
const [rootId, annId, bobId, eveId] = [await idOf(root), await idOf(ann), await idOf(bob), await idOf(eve)];
const { community } = (await ann.createCommunity({ name: "looms", title: "Looms" })).community_view;
const group = community.id;
const post = async (who, name, more = {}) =>
  (await who.createPost({ community_id: group, name, ...more })).post_view.post;
const comment = async (who, post_id, content, parent_id) =>
  (await who.createComment({ post_id, content, parent_id })).comment_view.comment;

// Threads with the same link know of each other, as far as the reader may see them.
const url = "https://looms.example/plans";
const first = await post(bob, "Plans", { url });
const second = await post(ann, "The same plans", { url });
await post(ann, "Others", { url: `${url}/2` });
const crossed = async (who, id) => (await who.getPost({ id })).cross_posts.map(view => view.post.name);
assert.deepEqual(await crossed(anybody, first.id), ["The same plans"]);
assert.deepEqual(await crossed(bob, second.id), ["Plans"]);
await bob.blockPerson({ person_id: annId, block: true });
assert.deepEqual(await crossed(bob, first.id), []);
await bob.blockPerson({ person_id: annId, block: false });
await bob.editPost({ post_id: first.id, url: `${url}/3` });
assert.deepEqual(await crossed(anybody, second.id), []);
assert.deepEqual((await bob.getSiteMetadata({ url })).metadata, {});
await refused(bob.getSiteMetadata({ url: "nonsense" }), "invalid_url");

// Replies and mentions.
const remark = await comment(ann, first.id, "Hello, and [@bob](http://x.example/u/bob)!");
const answer = await comment(eve, first.id, "Spam", remark.id);
await comment(eve, second.id, `Look, @bob@${new URL(base).host}`);
const [reply] = (await bob.getReplies({})).replies;
assert.equal(reply.comment.id, remark.id);
const [mention] = (await bob.getPersonMentions({})).mentions;
assert.equal(mention.post.id, second.id);
await bob.markCommentReplyAsRead({ comment_reply_id: reply.comment_reply.id, read: true });
await bob.markPersonMentionAsRead({ person_mention_id: mention.person_mention.id, read: true });
await bob.getUnreadCount();
await bob.markAllAsRead();

// Private messages.
const written = await bob.createPrivateMessage({ recipient_id: annId, content: "Between us" });
const message = written.private_message_view.private_message.id;
await bob.editPrivateMessage({ private_message_id: message, content: "Between us two" });
assert.equal((await ann.getPrivateMessages({ unread_only: true })).private_messages.length, 1);
await ann.markPrivateMessageAsRead({ private_message_id: message, read: true });

// Reports.
await bob.createPostReport({ post_id: second.id, reason: "Not a loom" });
await bob.createCommentReport({ comment_id: answer.id, reason: "Spam" });
await ann.createPrivateMessageReport({ private_message_id: message, reason: "Rude" });
const { post_reports } = await ann.listPostReports({});
await ann.resolvePostReport({ report_id: post_reports[0].post_report.id, resolved: true });
const { comment_reports } = await ann.listCommentReports({ unresolved_only: true });
await ann.resolveCommentReport({ report_id: comment_reports[0].comment_report.id, resolved: true });
const { private_message_reports } = await root.listPrivateMessageReports({});
const private_message_report = private_message_reports[0].private_message_report.id;
await root.resolvePrivateMessageReport({ report_id: private_message_report, resolved: true });
await ann.getReportCount({});
await ann.getReportCount({ community_id: group });
await bob.deletePrivateMessage({ private_message_id: message, deleted: true });

// A moderator's acts upon contributions.
for (const featured of [true, false, true, false, true]) {
  await ann.featurePost({ post_id: first.id, featured, feature_type: "Community" });
  await root.featurePost({ post_id: first.id, featured, feature_type: "Local" });
}
await ann.lockPost({ post_id: first.id, locked: true });
await ann.lockPost({ post_id: first.id, locked: false });
await ann.removePost({ post_id: first.id, removed: true, reason: "Off topic" });
await ann.removePost({ post_id: first.id, removed: false });
await ann.removeComment({ comment_id: answer.id, removed: true, reason: "Spam" });
await ann.distinguishComment({ comment_id: remark.id, distinguished: true });
await root.listPostLikes({ post_id: first.id });
await root.listCommentLikes({ comment_id: remark.id });

// Upon people and groups.
const expires = Math.floor(Date.now() / 1000) + 86_400;
const ban = { community_id: group, person_id: eveId, ban: true, reason: "Spam", expires };
assert.equal((await ann.banFromCommunity(ban)).banned, true);
await refused(comment(eve, second.id, "More"), "banned_from_community");
await ann.banFromCommunity({ ...ban, ban: false });
await ann.addModToCommunity({ community_id: group, person_id: bobId, added: true });
await ann.transferCommunity({ community_id: group, person_id: bobId });
const twin = await post(ann, "A twin", { url });
await root.hideCommunity({ community_id: group, hidden: true });
assert.deepEqual(await crossed(anybody, twin.id), []);
await root.hideCommunity({ community_id: group, hidden: false });
assert.deepEqual(await crossed(anybody, twin.id), ["The same plans"]);
await root.removeCommunity({ community_id: group, removed: true, reason: "Empty" });
await root.removeCommunity({ community_id: group, removed: false });
await root.banPerson({ person_id: eveId, ban: true, reason: "Spam", remove_data: true, expires });
assert.deepEqual((await root.getBannedPersons()).banned.map(view => view.person.name), ["eve"]);
await root.banPerson({ person_id: eveId, ban: false });

// The log, of which each list is as long as was asked for.
const log = await anybody.getModlog({ limit: 3 });
for (const [name, list] of Object.entries(log)) assert.ok(list.length <= 3, `${name}: ${list.length}`);
const of = async page =>
  (await anybody.getModlog({ type_: "ModFeaturePost", limit: 4, page })).featured_posts.map(
    view => view.mod_feature_post,
  );
const featured = [...(await of(1)), ...(await of(2)), ...(await of(3))];
assert.equal(featured.length, 10);
assert.equal(new Set(featured.map(entry => entry.id)).size, 10);
assert.deepEqual(featured.slice(0, 2).map(entry => entry.is_featured_community), [false, true]);
await refused(anybody.getModlog({ limit: 51 }), "couldnt_get_posts");

// Other servers go by one number, met or not.
await root.editSite({ blocked_instances: ["never.example"], name: "Looms" });
const { blocked } = (await anybody.getFederatedInstances()).federated_instances;
assert.deepEqual(blocked.map(instance => instance.domain), ["never.example"]);
assert.equal((await bob.blockInstance({ instance_id: blocked[0].id, block: true })).blocked, true);
const [own] = (await bob.getSite()).my_user.instance_blocks;
assert.deepEqual([own.instance.id, own.instance.domain], [blocked[0].id, "never.example"]);
const again = (await anybody.getFederatedInstances()).federated_instances.blocked;
assert.equal(again[0].id, blocked[0].id);
await bob.blockInstance({ instance_id: blocked[0].id, block: false });
await refused(bob.blockInstance({ instance_id: 77, block: true }), "couldnt_find_instance");
await root.editSite({ allowed_instances: ["never-met.example"], blocked_instances: [] });
const { linked, allowed } = (await anybody.getFederatedInstances()).federated_instances;
assert.deepEqual([linked.length, allowed[0].domain], [1, "never-met.example"]);
await root.editSite({ allowed_instances: [] });

// Who applies.
await root.editSite({ registration_mode: "RequireApplication", application_question: "Why?" });
await anybody.register({ username: "gus", password, password_verify: password, answer: "Looms." });
assert.equal((await root.getUnreadRegistrationApplicationCount()).registration_applications, 1);
const { registration_applications } = await root.listRegistrationApplications({ unread_only: true });
const { id } = registration_applications[0].registration_application;
await root.approveRegistrationApplication({ id, approve: false, deny_reason: "Later" });
await root.approveRegistrationApplication({ id, approve: true });
await root.getRegistrationApplication({ person_id: registration_applications[0].creator.id });

// Who administers.
await root.addAdmin({ person_id: annId, added: true });
assert.deepEqual((await ann.leaveAdmin()).admins.map(view => view.person.id), [rootId]);
await refused(root.leaveAdmin(), "cannot_leave_admin");
await refused(ann.leaveAdmin(), "not_an_admin");
await root.listLogins();
await root.listMedia();
await root.listAllMedia({ limit: 5 });

// Values that nobody knows are refused, as are pages and limits that are none.
const status = async path => (await fetch(`${base}/api/v3/${path}`)).status;
for (const path of [
  "post/list?sort=Best", "post/list?type_=Ours", "post/list?limit=0", "post/list?limit=51", "post/list?page=0",
  "post/list?page_cursor=nonsense", "comment/list?sort=Best", "comment/list?limit=51", "community/list?limit=51",
  "search?q=x&limit=51", "search?q=x&type_=Best", "modlog?type_=Best", "user?username=ann&limit=51", "post", "comment",
]) {
  assert.equal(await status(path), 400, path);
}
for (const path of ["post?id=5", "comment?id=5", "community?id=5", "community?name=none", "user?username=none", "nothing"]) {
  assert.equal(await status(path), 404, path);
}

// Erased for good.
await root.purgeComment({ comment_id: answer.id });
await root.purgePost({ post_id: second.id, reason: "Not a loom" });
await root.purgePerson({ person_id: eveId });
await root.purgeCommunity({ community_id: group });
await anybody.getModlog({});
console.log("the story is told");
