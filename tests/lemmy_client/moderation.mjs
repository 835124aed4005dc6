// Moderators and administrators do what is theirs, and each effect is looked for as others see it.
// node moderation.mjs BASE_URL FOLDER_WITH_NODE_MODULES
// Before: ann administers the site and coordinates !biology; lea, of a Lemmy elsewhere, has a thread in it.
import assert from "node:assert/strict";
import { createRequire } from "node:module";

const [base, modules] = process.argv.slice(2);
const { LemmyHttp } = createRequire(`${modules}/`)("lemmy-js-client");

const password = "correct horse battery";
const client = jwt => new LemmyHttp(base, jwt && { headers: { Authorization: `Bearer ${jwt}` } });
const anybody = client();
const refused = (call, name) => assert.rejects(call, { message: name }, `should be refused with ${name}`);
const register = async username =>
  client((await anybody.register({ username, password, password_verify: password })).jwt);
const me = async who => (await who.getSite()).my_user.local_user_view.person.id;
const titles = list => list.posts.map(p => p.post.name);
const texts = list => list.comments.map(c => c.comment.content);
const names = list => list.map(item => (item.person ?? item.moderator).name);

const ann = client((await anybody.login({ username_or_email: "ann", password })).jwt);
const [mona, bob, carl] = [await register("mona"), await register("bob"), await register("carl")];
const [annId, monaId, bobId, carlId] = await Promise.all([ann, mona, bob, carl].map(me));
const group = (await anybody.getCommunity({ name: "biology" })).community_view.community.id;
const [far] = (await anybody.getPosts({ community_id: group })).posts;
assert.equal(far.post.name, "From lea");
const lea = far.creator.id;
const post = async (who, name, community_id = group) =>
  (await who.createPost({ community_id, name })).post_view.post.id;
const comment = async (who, post_id, content) => (await who.createComment({ post_id, content })).comment_view.comment.id;

/** The newest entry of a list of the log, as anybody reads it. */
async function logged(type_, list, record, expected) {
  const entries = (await anybody.getModlog({ type_, limit: 50 }))[list];
  const entry = entries[0][record];
  assert.deepEqual(Object.fromEntries(Object.keys(expected).map(key => [key, entry[key]])), expected, type_);
  return entries[0];
}

// Who moderates.
const appointment = { community_id: group, person_id: monaId, added: true };
await refused(bob.addModToCommunity(appointment), "not_a_mod_or_admin");
await refused(anybody.addModToCommunity(appointment), "incorrect_login");
assert.deepEqual(names((await ann.addModToCommunity(appointment)).moderators), ["ann", "mona"]);
assert.deepEqual(names((await carl.getCommunity({ id: group })).moderators), ["ann", "mona"]);
assert.deepEqual((await mona.getSite()).my_user.moderates.map(m => m.community.id), [group]);
await logged("ModAddCommunity", "added_to_community", "mod_add_community", {
  mod_person_id: annId, other_person_id: monaId, community_id: group, removed: false,
});

// A thread is taken away, and put back.
const thread = await post(bob, "About folding");
await refused(carl.removePost({ post_id: thread, removed: true, reason: "mine" }), "not_a_mod_or_admin");
await refused(anybody.removePost({ post_id: thread, removed: true }), "incorrect_login");
await refused(mona.removePost({ post_id: 1, removed: true }), "couldnt_find_post");
const taken = await mona.removePost({ post_id: thread, removed: true, reason: "off topic" });
assert.equal(taken.post_view.post.removed, true);
assert.deepEqual(titles(await carl.getPosts({ community_id: group })), ["From lea"]);
assert.equal((await carl.getPersonDetails({ person_id: bobId })).posts.length, 0);
await refused(carl.getPost({ id: thread }), "couldnt_find_post");
assert.equal((await bob.getPost({ id: thread })).post_view.post.removed, true, "its author sees what became of it");
const entry = await logged("ModRemovePost", "removed_posts", "mod_remove_post", {
  mod_person_id: monaId, post_id: thread, reason: "off topic", removed: true,
});
assert.deepEqual([entry.moderator.name, entry.community.name], ["mona", "biology"]);
await mona.removePost({ post_id: thread, removed: false, reason: "on topic after all" });
assert.equal((await carl.getPost({ id: thread })).post_view.post.removed, false);
await logged("ModRemovePost", "removed_posts", "mod_remove_post", {
  post_id: thread, reason: "on topic after all", removed: false,
});

// Closed for answers, and opened.
await refused(carl.lockPost({ post_id: thread, locked: true }), "not_a_mod_or_admin");
assert.equal((await mona.lockPost({ post_id: thread, locked: true, reason: "heated" })).post_view.post.locked, true);
assert.equal((await carl.getPost({ id: thread })).post_view.post.locked, true);
await refused(carl.createComment({ post_id: thread, content: "One more" }), "locked");
await logged("ModLockPost", "locked_posts", "mod_lock_post", {
  mod_person_id: monaId, post_id: thread, locked: true, reason: "heated",
});
await mona.lockPost({ post_id: thread, locked: false });
await logged("ModLockPost", "locked_posts", "mod_lock_post", { post_id: thread, locked: false });
const words = await comment(carl, thread, "One more");

// Pinned: in the group by who moderates it, on the front page by administrators.
await refused(carl.featurePost({ post_id: thread, featured: true, feature_type: "Community" }), "not_a_mod_or_admin");
await refused(mona.featurePost({ post_id: thread, featured: true, feature_type: "Local" }), "not_an_admin");
const later = await post(bob, "A later one");
await mona.featurePost({ post_id: thread, featured: true, feature_type: "Community" });
const inGroup = await carl.getPosts({ community_id: group, sort: "New" });
assert.deepEqual([titles(inGroup)[0], inGroup.posts[0].post.featured_community], ["About folding", true]);
await ann.featurePost({ post_id: later, featured: true, feature_type: "Local" });
assert.equal((await carl.getPost({ id: later })).post_view.post.featured_local, true);
assert.equal(titles(await carl.getPosts({ type_: "All", sort: "Old" }))[0], "A later one");
await logged("ModFeaturePost", "featured_posts", "mod_feature_post", {
  mod_person_id: annId, post_id: later, featured: true, is_featured_community: false,
});
await ann.featurePost({ post_id: later, featured: false, feature_type: "Local" });
await mona.featurePost({ post_id: thread, featured: false, feature_type: "Community" });
assert.equal(titles(await carl.getPosts({ type_: "All", sort: "Old" }))[0], "From lea");
assert.equal((await carl.getPost({ id: thread })).post_view.post.featured_community, false);
await logged("ModFeaturePost", "featured_posts", "mod_feature_post", {
  mod_person_id: monaId, post_id: thread, featured: false, is_featured_community: true,
});

// Comments: taken away, put back, spoken for the group.
await refused(bob.removeComment({ comment_id: words, removed: true }), "not_a_mod_or_admin");
await mona.removeComment({ comment_id: words, removed: true, reason: "rude" });
const [gone] = (await bob.getComments({ post_id: thread })).comments;
assert.deepEqual([gone.comment.removed, gone.comment.content], [true, ""]);
await logged("ModRemoveComment", "removed_comments", "mod_remove_comment", {
  mod_person_id: monaId, comment_id: words, reason: "rude", removed: true,
});
await mona.removeComment({ comment_id: words, removed: false, reason: "not so rude" });
assert.deepEqual(texts(await bob.getComments({ post_id: thread })), ["One more"]);
await logged("ModRemoveComment", "removed_comments", "mod_remove_comment", {
  comment_id: words, reason: "not so rude", removed: false,
});
await refused(mona.distinguishComment({ comment_id: words, distinguished: true }), "no_comment_edit_allowed");
await refused(carl.distinguishComment({ comment_id: words, distinguished: true }), "not_a_mod_or_admin");
const said = await comment(mona, thread, "Please stay on topic");
for (const distinguished of [true, false, true]) {
  await mona.distinguishComment({ comment_id: said, distinguished });
  assert.equal((await carl.getComment({ id: said })).comment_view.comment.distinguished, distinguished);
}

// Who voted how is for administrators and moderators.
await carl.likePost({ post_id: thread, score: -1 });
await carl.likeComment({ comment_id: said, score: 1 });
const votes = list => Object.fromEntries(list.map(v => [v.creator.name, v.score]));
assert.deepEqual(votes((await ann.listPostLikes({ post_id: thread })).post_likes), { bob: 1, carl: -1 });
assert.equal((await ann.listPostLikes({ post_id: thread, limit: 1, page: 2 })).post_likes.length, 1);
assert.deepEqual(votes((await ann.listCommentLikes({ comment_id: said })).comment_likes), { mona: 1, carl: 1 });
await refused(carl.listPostLikes({ post_id: thread }), "not_a_mod_or_admin");

// A ban from the group: with a reason, an end, and what was written; lifted with all of it.
const expires = Math.floor(Date.now() / 1000) + 7 * 24 * 3600;
const end = new Date(expires * 1000).toISOString();
const until = text => new Date(text).toISOString();
const ban = { community_id: group, person_id: bobId, ban: true, remove_data: true, reason: "spam again", expires };
await refused(carl.banFromCommunity(ban), "not_a_mod_or_admin");
await refused(mona.banFromCommunity({ ...ban, person_id: annId }), "not_higher_mod");
await refused(mona.banFromCommunity({ ...ban, expires: 1 }), "ban_expiration_in_past");
const banned = await mona.banFromCommunity(ban);
assert.deepEqual([banned.banned, banned.person_view.person.name], [true, "bob"]);
await refused(bob.createPost({ community_id: group, name: "Again" }), "banned_from_community");
await refused(bob.createComment({ post_id: far.post.id, content: "Again" }), "banned_from_community");
await refused(bob.likePost({ post_id: far.post.id, score: 1 }), "banned_from_community");
assert.deepEqual(titles(await carl.getPosts({ community_id: group })), ["From lea"]);
assert.equal((await bob.getPost({ id: later })).post_view.creator_banned_from_community, true);
const banEntry = (await logged("ModBanFromCommunity", "banned_from_community", "mod_ban_from_community", {
  mod_person_id: monaId, other_person_id: bobId, community_id: group, reason: "spam again", banned: true,
})).mod_ban_from_community;
assert.equal(until(banEntry.expires), end);
await mona.banFromCommunity({ ...ban, ban: false, reason: "a mistake", expires: undefined });
assert.deepEqual(titles(await carl.getPosts({ community_id: group, sort: "Old" })), ["From lea", "About folding", "A later one"]);
assert.equal((await carl.getPost({ id: later })).post_view.creator_banned_from_community, false);
await comment(bob, far.post.id, "I am back");
await logged("ModBanFromCommunity", "banned_from_community", "mod_ban_from_community", {
  other_person_id: bobId, reason: "a mistake", banned: false, expires: undefined,
});
await mona.banFromCommunity({ ...ban, person_id: lea, reason: "sells looms" });
await refused(carl.getPost({ id: far.post.id }), "couldnt_find_post");
await mona.banFromCommunity({ ...ban, person_id: lea, ban: false, reason: "looms are welcome", expires: undefined });
assert.equal((await carl.getPost({ id: far.post.id })).post_view.post.removed, false);

// A ban from the site.
const siteBan = { person_id: carlId, ban: true, remove_data: true, reason: "threats", expires };
await refused(mona.banPerson(siteBan), "not_an_admin");
await refused(ann.banPerson({ ...siteBan, person_id: annId }), "not_higher_mod");
const out = await ann.banPerson(siteBan);
assert.deepEqual([out.banned, out.person_view.person.banned], [true, true]);
assert.equal(until(out.person_view.person.ban_expires), end);
assert.deepEqual(names((await ann.getBannedPersons()).banned), ["carl"]);
await refused(mona.getBannedPersons(), "not_an_admin");
await refused(anybody.login({ username_or_email: "carl", password }), "site_ban");
await refused(carl.createPost({ community_id: group, name: "Again" }), "incorrect_login");
assert.ok(!texts(await bob.getComments({ post_id: thread })).includes("One more"));
const outEntry = (await logged("ModBan", "banned", "mod_ban", {
  mod_person_id: annId, other_person_id: carlId, reason: "threats", banned: true,
})).mod_ban;
assert.equal(until(outEntry.expires), end);
await ann.banPerson({ person_id: carlId, ban: false, remove_data: true, reason: "has apologised" });
assert.deepEqual((await ann.getBannedPersons()).banned, []);
await logged("ModBan", "banned", "mod_ban", { other_person_id: carlId, reason: "has apologised", banned: false });
assert.ok(texts(await bob.getComments({ post_id: thread })).includes("One more"));
const again = client((await anybody.login({ username_or_email: "carl", password })).jwt);
await comment(again, thread, "Thank you");

// A group is hidden, removed, and given into other hands.
await refused(mona.hideCommunity({ community_id: group, hidden: true }), "not_an_admin");
assert.equal((await ann.hideCommunity({ community_id: group, hidden: true, reason: "a test" })).success, true);
assert.deepEqual((await again.listCommunities({ type_: "All" })).communities, []);
const [{ name: hidden_name }] = (await ann.getSite()).my_user.moderates.map(m => m.community);
assert.deepEqual((await again.search({ q: hidden_name, type_: "Communities" })).communities, []);
assert.deepEqual((await again.search({ q: "Thank", type_: "Comments" })).comments, []);
assert.equal((await again.search({ q: "Thank", type_: "Comments", community_id: group })).comments.length, 1);
assert.deepEqual(titles(await anybody.getPosts({ type_: "All" })), []);
assert.equal((await again.getCommunity({ id: group })).community_view.community.hidden, true);
await logged("ModHideCommunity", "hidden_communities", "mod_hide_community", {
  community_id: group, reason: "a test", hidden: true,
});
await ann.hideCommunity({ community_id: group, hidden: false });
assert.equal((await again.listCommunities({ type_: "All" })).communities.length, 1);
await refused(mona.removeCommunity({ community_id: group, removed: true }), "not_an_admin");
const removed = await ann.removeCommunity({ community_id: group, removed: true, reason: "not a topic" });
assert.equal(removed.community_view.community.removed, true);
await refused(again.getCommunity({ id: group }), "couldnt_find_community");
await refused(again.getPost({ id: thread }), "couldnt_find_post");
await logged("ModRemoveCommunity", "removed_communities", "mod_remove_community", {
  mod_person_id: annId, community_id: group, reason: "not a topic", removed: true,
});
await ann.removeCommunity({ community_id: group, removed: false, reason: "a topic" });
assert.equal((await again.getPost({ id: thread })).community_view.community.removed, false);
await logged("ModRemoveCommunity", "removed_communities", "mod_remove_community", {
  community_id: group, reason: "a topic", removed: false,
});
await refused(mona.transferCommunity({ community_id: group, person_id: monaId }), "not_a_mod_or_admin");
await ann.transferCommunity({ community_id: group, person_id: monaId });
assert.deepEqual(names((await again.getCommunity({ id: group })).moderators), ["mona", "ann"]);
await logged("ModTransferCommunity", "transferred_to_community", "mod_transfer_community", {
  mod_person_id: annId, other_person_id: monaId, community_id: group,
});
await mona.editCommunity({ community_id: group, title: "Biology, with care" });
assert.equal((await again.getCommunity({ id: group })).community_view.community.title, "Biology, with care");
await mona.addModToCommunity({ community_id: group, person_id: annId, added: false });
await logged("ModAddCommunity", "added_to_community", "mod_add_community", { other_person_id: annId, removed: true });
assert.deepEqual(names((await again.getCommunity({ id: group })).moderators), ["mona"]);

// Administrators.
await refused(mona.addAdmin({ person_id: monaId, added: true }), "not_an_admin");
await refused(ann.addAdmin({ person_id: annId, added: false }), "cannot_leave_admin");
assert.deepEqual(names((await ann.addAdmin({ person_id: monaId, added: true })).admins).sort(), ["ann", "mona"]);
assert.deepEqual(names((await anybody.getSite()).admins).sort(), ["ann", "mona"]);
assert.equal((await mona.getBannedPersons()).banned.length, 0);
await logged("ModAdd", "added", "mod_add", { mod_person_id: annId, other_person_id: monaId, removed: false });
await refused(ann.banPerson({ person_id: monaId, ban: true }), "not_higher_mod");
await ann.addAdmin({ person_id: monaId, added: false });
await refused(mona.getBannedPersons(), "not_an_admin");
await logged("ModAdd", "added", "mod_add", { other_person_id: monaId, removed: true });

// Private messages.
const written = (await bob.createPrivateMessage({ recipient_id: carlId, content: "Hello *Carl*" }))
  .private_message_view.private_message;
assert.deepEqual([written.content, written.read, written.deleted], ["Hello *Carl*", false, false]);
assert.equal((await again.getUnreadCount()).private_messages, 1);
const letters = async (who, form = {}) =>
  (await who.getPrivateMessages(form)).private_messages.map(m => m.private_message);
const its = { private_message_id: written.id };
await refused(again.editPrivateMessage({ ...its, content: "Mine" }), "edit_private_message_not_allowed");
await bob.editPrivateMessage({ ...its, content: "Hello, Carl" });
assert.deepEqual((await letters(again)).map(m => [m.content, m.updated !== undefined]), [["Hello, Carl", true]]);
await refused(mona.markPrivateMessageAsRead({ ...its, read: true }), "couldnt_find_private_message");
await again.markPrivateMessageAsRead({ ...its, read: true });
assert.equal((await again.getUnreadCount()).private_messages, 0);
assert.deepEqual(await letters(again, { unread_only: true }), []);
await again.markPrivateMessageAsRead({ ...its, read: false });
assert.equal((await letters(again, { unread_only: true })).length, 1);
await refused(again.deletePrivateMessage({ ...its, deleted: true }), "edit_private_message_not_allowed");
await bob.deletePrivateMessage({ ...its, deleted: true });
assert.deepEqual((await letters(again)).filter(m => !m.deleted || m.content !== ""), [], "its words are gone");
await bob.deletePrivateMessage({ ...its, deleted: false });
assert.deepEqual((await letters(again)).map(m => m.content), ["Hello, Carl"]);
assert.deepEqual(await letters(mona), []);

// Erased for good.
const doomed = await comment(again, thread, "My telephone number");
await refused(mona.purgeComment({ comment_id: doomed }), "not_an_admin");
await ann.purgeComment({ comment_id: doomed, reason: "asked for" });
assert.ok(!JSON.stringify(await anybody.getComments({ post_id: thread })).includes("telephone"));
await logged("AdminPurgeComment", "admin_purged_comments", "admin_purge_comment", {
  admin_person_id: annId, post_id: thread, reason: "asked for",
});
await refused(bob.purgePost({ post_id: later }), "not_an_admin");
await ann.purgePost({ post_id: later, reason: "copied" });
await refused(bob.getPost({ id: later }), "couldnt_find_post");
assert.deepEqual((await bob.search({ q: "later one" })).posts, []);
await logged("AdminPurgePost", "admin_purged_posts", "admin_purge_post", { admin_person_id: annId, reason: "copied" });
const other = (await bob.createCommunity({ name: "pranks", title: "Pranks" })).community_view.community.id;
const prank = await post(bob, "A prank", other);
await refused(bob.purgeCommunity({ community_id: other }), "not_an_admin");
await ann.purgeCommunity({ community_id: other, reason: "no pranks" });
await refused(bob.getCommunity({ id: other }), "couldnt_find_community");
await refused(again.getPost({ id: prank }), "couldnt_find_post");
await logged("AdminPurgeCommunity", "admin_purged_communities", "admin_purge_community", { reason: "no pranks" });
await refused(mona.purgePerson({ person_id: bobId }), "not_an_admin");
await ann.purgePerson({ person_id: bobId, reason: "asked to be forgotten" });
await refused(again.getPersonDetails({ username: "bob" }), "couldnt_find_person");
await refused(again.getPost({ id: thread }), "couldnt_find_post");
await refused(anybody.login({ username_or_email: "bob", password }), "incorrect_login");
await logged("AdminPurgePerson", "admin_purged_persons", "admin_purge_person", { reason: "asked to be forgotten" });

// The site itself.
await refused(mona.editSite({ name: "Mine" }), "not_an_admin");
const edited = await ann.editSite({
  name: "Weavers", description: "Of looms and threads", sidebar: "Be **kind**.",
  registration_mode: "RequireApplication", application_question: "Why?", discussion_languages: [0, 37],
  blocked_instances: ["bad.example"], blocked_urls: ["spam.example/ads"],
});
assert.equal(edited.site_view.site.name, "Weavers");
const now = await anybody.getSite();
assert.deepEqual(
  [now.site_view.site.name, now.site_view.site.description, now.site_view.site.sidebar],
  ["Weavers", "Of looms and threads", "Be **kind**."],
);
assert.deepEqual(
  [now.site_view.local_site.registration_mode, now.site_view.local_site.application_question],
  ["RequireApplication", "Why?"],
);
assert.deepEqual([now.discussion_languages, now.blocked_urls.map(b => b.url)], [[0, 37], ["spam.example/ads"]]);
const form = { username: "dora", password, password_verify: password };
await refused(anybody.register(form), "registration_application_answer_required");
await refused(again.createPost({ community_id: group, name: "Buy", url: "https://spam.example/ads/1" }), "blocked_url");
const servers = (await anybody.getFederatedInstances()).federated_instances;
const [known] = servers.linked;
assert.deepEqual([known.software, servers.linked.length], ["lemmy", 1]);
assert.equal(known.federation_state.fail_count, 0);
assert.deepEqual(servers.blocked.map(i => i.domain), ["bad.example"]);
await ann.editSite({ blocked_instances: [], allowed_instances: ["good.example"] });
const listed = (await anybody.getFederatedInstances()).federated_instances;
assert.deepEqual([listed.blocked, listed.allowed.map(i => i.domain)], [[], ["good.example"]]);
assert.equal((await anybody.getSite()).site_view.site.name, "Weavers", "what is left out stays");
await ann.editSite({ allowed_instances: [], registration_mode: "Open" });
assert.ok((await anybody.register(form)).jwt);
console.log("the story is told");
