// Two people use an instance through Lemmy's own client library.
// node story.mjs BASE_URL FOLDER_WITH_NODE_MODULES
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { checked } from "./shapes.mjs";

const [base, modules] = process.argv.slice(2);
const { LemmyHttp } = createRequire(`${modules}/`)("lemmy-js-client");

const password = "correct horse battery";
const client = jwt =>
  checked(new LemmyHttp(base, jwt && { headers: { Authorization: `Bearer ${jwt}` } }), modules);
const anybody = client();

async function refused(call, name) {
  await assert.rejects(call, { message: name }, `should be refused with ${name}`);
}

async function register(username) {
  const form = { username, password, password_verify: password, email: `${username}@example.org` };
  const { jwt } = await anybody.register(form);
  assert.ok(jwt, "open registration logs in at once");
  return client(jwt);
}

// The site, seen by nobody in particular.
const site = await anybody.getSite();
assert.match(site.version, /^0\.19\.\d+$/);
assert.equal(site.my_user, undefined);
assert.equal(site.site_view.local_site.registration_mode, "Open");
assert.equal(site.all_languages.find(l => l.code === "en").id, 37);
assert.equal((await anybody.getCaptcha()).ok, undefined);

// Joining and logging in.
const ann = await register("ann");
const bob = await register("bob");
const taken = { username: "Ann", password, password_verify: password, email: "a2@example.org" };
await refused(anybody.register(taken), "user_already_exists");
await refused(
  anybody.register({ ...taken, username: "ann2", email: "ann@example.org" }),
  "email_already_exists",
);
await refused(anybody.register({ ...taken, username: "ann2", password: "x" }), "passwords_do_not_match");
await refused(anybody.login({ username_or_email: "ann", password: "wrong password" }), "incorrect_login");
await refused(anybody.login({ username_or_email: "nobody", password }), "incorrect_login");
const second = client((await anybody.login({ username_or_email: "ann@example.org", password })).jwt);
assert.equal((await second.validateAuth()).success, true);
await second.logout();
await refused(second.validateAuth(), "not_logged_in");
const me = (await ann.getSite()).my_user;
assert.equal(me.local_user_view.person.name, "ann");
assert.equal(me.local_user_view.local_user.email, "ann@example.org");

// An address is not asked for, and many may have none.
for (const [username, email] of [["carl", undefined], ["cora", ""], ["cleo", " "]]) {
  const form = { username, password, password_verify: password, ...(email !== undefined && { email }) };
  const joined = client((await anybody.register(form)).jwt);
  assert.equal((await joined.getSite()).my_user.local_user_view.local_user.email, "");
  assert.ok((await anybody.login({ username_or_email: username, password })).jwt);
}
await refused(anybody.register({ ...taken, username: "ann2", email: "no address" }), "email_required");
await refused(anybody.login({ username_or_email: "", password }), "incorrect_login");

// A group.
const { community_view: made } = await ann.createCommunity({
  name: "biology", title: "Structural biology", description: "Molecules in **context**",
});
const group = made.community;
assert.equal(group.title, "Structural biology");
await refused(ann.createCommunity({ name: "biology", title: "Again" }), "community_already_exists");
await refused(anybody.createCommunity({ name: "nobodys", title: "No" }), "incorrect_login");
await refused(bob.editCommunity({ community_id: group.id, title: "Mine" }), "not_a_mod_or_admin");
const edited = await ann.editCommunity({ community_id: group.id, title: "Teaching biology" });
assert.equal(edited.community_view.community.title, "Teaching biology");
assert.equal(edited.community_view.community.description, "Molecules in **context**");
// As much as Lemmy takes.
const long = "x".repeat(10_000);
const description = (await ann.editCommunity({ community_id: group.id, description: long })).community_view.community.description;
assert.equal(description, long);
await refused(ann.editCommunity({ community_id: group.id, description: `${long}x` }), "invalid_body_field");
await ann.editCommunity({ community_id: group.id, description: "Molecules in **context**" });
const read = await anybody.getCommunity({ name: "biology" });
assert.deepEqual(read.moderators.map(m => m.moderator.name), ["ann"]);
await refused(anybody.getCommunity({ name: "nowhere" }), "couldnt_find_community");
const followed = await bob.followCommunity({ community_id: group.id, follow: true });
assert.equal(followed.community_view.subscribed, "Subscribed");
const ids = list => list.communities.map(c => c.community.id);
assert.deepEqual(ids(await bob.listCommunities({ type_: "Subscribed" })), [group.id]);
assert.deepEqual(ids(await anybody.listCommunities({ type_: "Local", page: 2 })), []);
const largest = await anybody.listCommunities({ type_: "All", sort: "TopAll", show_nsfw: true });
assert.deepEqual(ids(largest), [group.id]);
assert.deepEqual((await bob.getSite()).my_user.follows.map(f => f.community.name), ["biology"]);
assert.deepEqual((await ann.getSite()).my_user.moderates.map(m => m.community.name), ["biology"]);

// A thread.
const { post_view: posted } = await ann.createPost({
  name: "How do you teach folding?", body: "I am *stuck*.", url: "https://example.org/case",
  community_id: group.id, language_id: 37,
});
const post_id = posted.post.id;
assert.equal(posted.post.body, "I am *stuck*.");
assert.equal(posted.post.language_id, 37);
await refused(ann.createPost({ name: "ab", community_id: group.id }), "invalid_post_title");
await refused(ann.createPost({ name: "abc", url: "javascript:x", community_id: group.id }), "invalid_url");
await refused(bob.editPost({ post_id, name: "Not mine" }), "no_post_edit_allowed");
const { post_view: changed } = await ann.editPost({ post_id, name: "How do you teach protein folding?" });
assert.equal(changed.post.url, "https://example.org/case");
assert.equal(changed.post.body, "I am *stuck*.");
assert.ok(changed.post.updated);
const liked = await bob.likePost({ post_id, score: 1 });
assert.equal(liked.post_view.my_vote, 1);
const score = liked.post_view.counts.score;
assert.equal((await bob.likePost({ post_id, score: -1 })).post_view.counts.score, score - 2);
assert.equal((await bob.likePost({ post_id, score: 0 })).post_view.my_vote, undefined);
await refused(bob.likePost({ post_id, score: 9 }), "invalid_vote_value");

// Lists, page by page, by number and by cursor.
for (let i = 0; i < 4; i++) {
  await ann.createPost({ name: `More of it ${i}`, community_id: group.id });
}
const names = list => list.posts.map(p => p.post.name);
const listing = { community_id: group.id, sort: "New", limit: 2 };
const first = await anybody.getPosts(listing);
assert.deepEqual(names(first), ["More of it 3", "More of it 2"]);
const next = await anybody.getPosts({ ...listing, page_cursor: first.next_page });
assert.deepEqual(names(next), names(await anybody.getPosts({ ...listing, page: 2 })));
const last = await anybody.getPosts({ ...listing, page: 3 });
assert.deepEqual([names(last), last.next_page], [["How do you teach protein folding?"], undefined]);
const oldest = await anybody.getPosts({ ...listing, sort: "Old" });
assert.deepEqual(names(oldest), ["How do you teach protein folding?", "More of it 0"]);
const younger = await anybody.getPosts({ ...listing, sort: "Old", page_cursor: oldest.next_page });
assert.deepEqual(names(younger), ["More of it 1", "More of it 2"]);
assert.deepEqual(names(younger), names(await anybody.getPosts({ type_: "Local", sort: "Old", limit: 2, page: 2 })));
await bob.likePost({ post_id: oldest.posts[1].post.id, score: 1 });
const spans = ["Hour", "SixHour", "TwelveHour", "Day", "Week", "Month", "ThreeMonths", "SixMonths", "NineMonths", "Year", "All"];
for (const span of spans) {
  for (const where of [{ type_: "All" }, { community_id: group.id }]) {
    const top = await anybody.getPosts({ ...where, sort: `Top${span}`, limit: 2 });
    assert.equal(names(top)[0], "More of it 0", span);
    const lower = await anybody.getPosts({ ...where, sort: `Top${span}`, limit: 4, page_cursor: top.next_page });
    assert.equal(new Set([...names(top), ...names(lower)]).size, 5, span);
  }
}
assert.equal((await bob.getPosts({ type_: "Subscribed" })).posts.length, 5);
// Of visitors as Lemmy answers them.
assert.equal((await anybody.getPosts({ type_: "Subscribed" })).posts.length, 5);
assert.deepEqual((await anybody.getComments({ type_: "Subscribed" })).comments, []);
assert.deepEqual((await anybody.listCommunities({ type_: "Subscribed" })).communities, []);
await refused(anybody.getPosts({ limit: 1000 }), "couldnt_get_posts");
await refused(anybody.getPosts({ page_cursor: "nonsense" }), "couldnt_get_posts");
const got = await bob.getPost({ id: post_id });
assert.deepEqual(got.post_view.post, changed.post);
assert.equal(got.community_view.community.id, group.id);

// Comments and what they tell the other.
const { comment_view: reply } = await bob.createComment({ content: "With *beads*.", post_id });
const root = reply.comment.id;
assert.equal(reply.comment.path, `0.${root}`);
const { comment_view: deep } = await ann.createComment({
  content: "Thanks, @bob!", post_id, parent_id: root,
});
assert.equal(deep.comment.path, `0.${root}.${deep.comment.id}`);
await refused(bob.createComment({ content: " ", post_id }), "invalid_body_field");
await refused(bob.createComment({ content: "x", post_id: 1 }), "couldnt_find_post");
await bob.editComment({ comment_id: root, content: "With coloured beads." });
// Its language can be changed, with the text or alone.
const spoken_in = async form => {
  const { comment } = (await bob.editComment({ comment_id: root, ...form })).comment_view;
  return [comment.content, comment.language_id];
};
assert.deepEqual(await spoken_in({ language_id: 37 }), ["With coloured beads.", 37]);
assert.deepEqual(await spoken_in({ content: "With coloured beads." }), ["With coloured beads.", 37]);
assert.deepEqual(await spoken_in({ content: "With coloured beads.", language_id: 0 }), ["With coloured beads.", 0]);
await refused(ann.editComment({ comment_id: root, language_id: 37 }), "no_comment_edit_allowed");
await refused(ann.editComment({ comment_id: root, content: "No" }), "no_comment_edit_allowed");
assert.equal((await bob.likeComment({ comment_id: deep.comment.id, score: 1 })).comment_view.my_vote, 1);
const contents = list => list.comments.map(c => c.comment.content);
const tree = await anybody.getComments({ post_id, max_depth: 8, sort: "New" });
assert.deepEqual(contents(tree), ["With coloured beads.", "Thanks, @bob!"]);
assert.equal(tree.comments[0].counts.child_count, 1);
assert.deepEqual(contents(await anybody.getComments({ post_id, max_depth: 1 })), ["With coloured beads."]);
const branch = await anybody.getComments({ parent_id: deep.comment.id });
assert.deepEqual(contents(branch), ["Thanks, @bob!"]);
const flat = await anybody.getComments({ community_id: group.id, limit: 1 });
assert.deepEqual(contents(flat), ["Thanks, @bob!"]);
assert.deepEqual(contents(await anybody.getComments({ sort: "Old" })), ["With coloured beads.", "Thanks, @bob!"]);
assert.deepEqual(contents(await anybody.getComments({ sort: "New" })), ["Thanks, @bob!", "With coloured beads."]);
assert.deepEqual(contents(await anybody.getComments({ sort: "Old", limit: 1, page: 2 })), ["Thanks, @bob!"]);
const one = await anybody.getComment({ id: root });
assert.equal(one.comment_view.post.id, post_id);

const unread = await ann.getUnreadCount();
assert.deepEqual(unread, { replies: 1, mentions: 0, private_messages: 0 });
const [waiting] = (await ann.getReplies({ unread_only: true })).replies;
assert.equal(waiting.comment.content, "With coloured beads.");
assert.deepEqual([waiting.creator.name, waiting.recipient.name], ["bob", "ann"]);
const comment_reply_id = waiting.comment_reply.id;
await refused(
  bob.markCommentReplyAsRead({ comment_reply_id, read: true }),
  "couldnt_find_comment_reply",
);
const marked = await ann.markCommentReplyAsRead({ comment_reply_id, read: true });
assert.equal(marked.comment_reply_view.comment_reply.read, true);
assert.deepEqual((await ann.getReplies({ unread_only: true })).replies, []);
assert.equal((await ann.getReplies({})).replies.length, 1);
assert.ok((await bob.getUnreadCount()).replies + (await bob.getUnreadCount()).mentions > 0);
for (const { person_mention } of (await bob.getPersonMentions({})).mentions) {
  await bob.markPersonMentionAsRead({ person_mention_id: person_mention.id, read: true });
}
assert.deepEqual(await bob.getPrivateMessages({}), { private_messages: [] });
await bob.markAllAsRead();
assert.equal((await bob.getUnreadCount()).replies, 0);

// A mention in a thread's own text has no shape in Lemmy's API: neither listed nor counted.
const calls = await bob.createPost({ name: "A call", body: "What says @ann?", community_id: group.id });
assert.equal((await ann.getUnreadCount()).mentions, 0);
assert.deepEqual((await ann.getPersonMentions({})).mentions, []);
const called = await bob.createComment({ content: "And @ann again", post_id: calls.post_view.post.id });
assert.equal((await ann.getUnreadCount()).mentions, 1);
const mentions = (await ann.getPersonMentions({ unread_only: true, limit: 1 })).mentions;
assert.deepEqual(mentions.map(m => m.comment.id), [called.comment_view.comment.id]);
await ann.markAllAsRead();

// Pictures come and go as the one url that apps know.
const picture = "https://example.org/folds/beads.PNG?large";
const shown = ({ post_view: { post } }) => [post.url, post.thumbnail_url, post.alt_text];
const pictured = await bob.createPost({
  name: "A picture", url: picture, alt_text: "Beads on\na string", community_id: group.id,
});
assert.deepEqual(shown(pictured), [picture, picture, "Beads on a string"]);
const its = { post_id: pictured.post_view.post.id };
assert.deepEqual(shown(await bob.editPost({ ...its, name: "The picture" })), [picture, picture, "Beads on a string"]);
assert.deepEqual(shown(await bob.editPost({ ...its, url: picture, alt_text: "Beads" })), [picture, picture, "Beads"]);
assert.deepEqual(shown(await bob.editPost({ ...its, alt_text: "" })), [picture, picture, undefined]);
const ours = `${base}/pictures/beads.png`;
assert.deepEqual(shown(await bob.editPost({ ...its, url: ours, alt_text: "Ours" })), [ours, ours, "Ours"]);
const page = "https://example.org/beads";
assert.deepEqual(shown(await bob.editPost({ ...its, url: page })), [page, undefined, undefined]);
assert.deepEqual(shown(await bob.editPost({ ...its, url: picture })), [picture, picture, undefined]);
assert.deepEqual(shown(await bob.editPost({ ...its, url: "" })), [undefined, undefined, undefined]);
const linked = { name: "A link", url: page, alt_text: "of nothing", community_id: group.id };
assert.deepEqual(shown(await bob.createPost(linked)), [page, undefined, undefined]);

// Searching and resolving.
const everything = await anybody.search({ q: "protein fold" });
assert.deepEqual(everything.posts.map(p => p.post.id), [post_id]);
assert.deepEqual((await anybody.search({ q: "coloured", type_: "Comments" })).comments.length, 1);
assert.deepEqual((await anybody.search({ q: "bio", type_: "Communities" })).communities.length, 1);
assert.deepEqual((await anybody.search({ q: "an", type_: "Users" })).users[0].person.name, "ann");
assert.deepEqual((await anybody.search({ q: '"); DROP (*' })).posts, []);
// By its link a thread is found, and not by words that look like it; apps look for cross-posts so.
const same = (await ann.createPost({ name: "Seen elsewhere", url: "https://example.org/case", community_id: group.id }))
  .post_view.post.id;
const linked_to = async form => (await anybody.search({ type_: "Url", ...form })).posts.map(p => p.post.id);
assert.deepEqual(await linked_to({ q: "https://example.org/case" }), [same, post_id]);
assert.deepEqual(await linked_to({ q: "HTTPS://example.org/case" }), [same, post_id]);
assert.deepEqual(await linked_to({ q: "https://example.org/case", limit: 1, page: 2 }), [post_id]);
assert.deepEqual(await linked_to({ q: "https://example.org/case", creator_id: reply.creator.id }), []);
assert.deepEqual(await linked_to({ q: "https://example.org/" }), []);
await ann.deletePost({ post_id: same, deleted: true });
const found = async bounds => {
  const { posts, comments, users, communities } = await anybody.search({ q: "stuck", ...bounds });
  return [posts.length, comments.length, users.length + communities.length];
};
const [by_ann, by_bob] = [posted.creator.id, reply.creator.id];
assert.deepEqual(await found({}), [1, 0, 0]);
assert.deepEqual(await found({ creator_id: by_ann }), [1, 0, 0]);
assert.deepEqual(await found({ creator_id: by_bob }), [0, 0, 0]);
assert.deepEqual(await found({ listing_type: "Local" }), [1, 0, 0]);
assert.deepEqual(await found({ post_title_only: true }), [0, 0, 0]);
assert.deepEqual(await found({ q: "protein", post_title_only: true, creator_id: by_ann }), [1, 0, 0]);
assert.deepEqual(await found({ q: "beads", type_: "Comments", creator_id: by_bob, listing_type: "Local" }), [0, 1, 0]);
assert.deepEqual(await found({ q: "beads", type_: "Comments", creator_id: by_ann }), [0, 0, 0]);
assert.deepEqual(await found({ q: "ann", type_: "Users", creator_id: by_ann }), [0, 0, 0]);
for (const who of [anybody, bob]) {
  const at = new URL(base).host;
  assert.equal((await who.resolveObject({ q: posted.post.ap_id })).post.post.id, post_id);
  assert.equal((await who.resolveObject({ q: reply.comment.ap_id })).comment.comment.id, root);
  assert.equal((await who.resolveObject({ q: `!biology@${at}` })).community.community.id, group.id);
  assert.equal((await who.resolveObject({ q: `@ann@${at}` })).person.person.name, "ann");
}
await refused(anybody.resolveObject({ q: "https://elsewhere.example/post/1" }), "couldnt_find_object");

// A person.
const person = await anybody.getPersonDetails({ username: "ann", sort: "New", limit: 3 });
assert.equal(person.posts.length, 3);
assert.equal(person.comments.length, 1);
assert.deepEqual(person.person_view.counts.post_count, 5);
assert.deepEqual(person.moderates.map(m => m.community.id), [group.id]);
const elsewhere = (await ann.createCommunity({ name: "chemistry", title: "Chemistry" })).community_view.community;
await ann.createPost({ name: "On bonds", community_id: elsewhere.id });
const there = await anybody.getPersonDetails({ username: "ann", community_id: elsewhere.id });
assert.deepEqual([names(there), contents(there)], [["On bonds"], []]);
const early = await anybody.getPersonDetails({ username: "ann", community_id: group.id, sort: "Old", limit: 1 });
assert.deepEqual([names(early), contents(early)], [["How do you teach protein folding?"], ["Thanks, @bob!"]]);
await refused(anybody.getPersonDetails({ username: "nobody" }), "couldnt_find_person");
await refused(anybody.getPersonDetails({ username: "biology" }), "couldnt_find_person");

// Taking back.
await refused(bob.deletePost({ post_id, deleted: true }), "no_post_edit_allowed");
await bob.deleteComment({ comment_id: root, deleted: true });
const left = await anybody.getComments({ post_id, max_depth: 8 });
assert.deepEqual(left.comments.map(c => [c.comment.deleted, c.comment.content]), [
  [true, ""], [false, "Thanks, @bob!"],
]);
await bob.deleteComment({ comment_id: root, deleted: false });
assert.equal((await anybody.getComment({ id: root })).comment_view.comment.content, "With coloured beads.");
assert.equal((await ann.deletePost({ post_id, deleted: true })).post_view.post.deleted, true);
await refused(anybody.getPost({ id: post_id }), "couldnt_find_post");
await refused(bob.getComments({ post_id }), "couldnt_find_post");
assert.deepEqual((await anybody.search({ q: "protein" })).posts, []);
assert.equal((await ann.getPost({ id: post_id })).post_view.post.deleted, true);
await ann.deletePost({ post_id, deleted: false });
assert.equal((await anybody.getPost({ id: post_id })).post_view.post.deleted, false);
const unfollowed = await bob.followCommunity({ community_id: group.id, follow: false });
assert.equal(unfollowed.community_view.subscribed, "NotSubscribed");
await refused(bob.deleteCommunity({ community_id: group.id, deleted: true }), "not_a_mod_or_admin");
const closed = await ann.deleteCommunity({ community_id: group.id, deleted: true });
assert.equal(closed.community_view.community.deleted, true);
// Closed, it is there for those who look after it, and may open it again.
assert.equal((await ann.getCommunity({ name: "biology" })).community_view.community.deleted, true);
assert.equal((await ann.getCommunity({ id: group.id })).community_view.community.deleted, true);
for (const who of [anybody, bob]) {
  for (const it of [{ name: "biology" }, { id: group.id }]) {
    await refused(who.getCommunity(it), "couldnt_find_community");
  }
  await refused(who.getPosts({ community_name: "biology" }), "couldnt_find_community");
}
const opened = await ann.deleteCommunity({ community_id: group.id, deleted: false });
assert.equal(opened.community_view.community.deleted, false);

// Of a group that is for those here alone visitors do not learn by its name that it is there.
const inner = { name: "staffroom", title: "Staff room", visibility: "LocalOnly" };
const { community: staffroom } = (await ann.createCommunity(inner)).community_view;
for (const community_name of ["staffroom", `staffroom@${new URL(base).host}`]) {
  await refused(anybody.getPosts({ community_name }), "couldnt_find_community");
  await refused(anybody.getComments({ community_name }), "couldnt_find_community");
  await refused(anybody.search({ q: "x", community_name }), "couldnt_find_community");
  assert.deepEqual(names(await bob.getPosts({ community_name })), []);
}
assert.equal((await bob.getCommunity({ name: "staffroom" })).community_view.community.id, staffroom.id);

// A tree is not cut by the bounds of lists, and each comment's answers stand in the order asked for.
const busy = (await ann.createPost({ name: "Many answers", community_id: group.id })).post_view.post.id;
const says = async (who, content, parent_id) =>
  (await who.createComment({ content, post_id: busy, parent_id })).comment_view.comment.id;
const roots = [];
for (let n = 0; n < 12; n++) roots.push(await says(bob, `root ${n}`));
const nested = [];
for (let n = 0; n < 3; n++) nested.push(await says(bob, `nested ${n}`, roots[0]));
await ann.likeComment({ comment_id: nested[1], score: 1 });
await ann.likeComment({ comment_id: roots[5], score: 1 });
for (const limit of [undefined, 60, 999]) {
  const whole = await anybody.getComments({ post_id: busy, max_depth: 8, sort: "Old", limit });
  assert.equal(whole.comments.length, 15, `a limit of ${limit}`);
}
const paged = await anybody.getComments({ post_id: busy, max_depth: 1, sort: "Old", limit: 10, page: 2 });
assert.deepEqual(contents(paged), ["root 10", "root 11"]);
assert.deepEqual(contents(await anybody.getComments({ post_id: busy, max_depth: 8, limit: 60, page: 2 })), []);
const below = async sort => {
  const list = await anybody.getComments({ post_id: busy, max_depth: 8, sort });
  const branch = await anybody.getComments({ parent_id: roots[0], max_depth: 8, sort, limit: 999 });
  const words = contents(list).filter(text => text.startsWith("nested"));
  assert.deepEqual(words, contents(branch).slice(1), sort);
  return words;
};
assert.deepEqual(await below("New"), ["nested 2", "nested 1", "nested 0"]);
assert.deepEqual(await below("Old"), ["nested 0", "nested 1", "nested 2"]);
assert.deepEqual((await below("Top"))[0], "nested 1");
assert.deepEqual((await below("Hot"))[0], "nested 1");
// What speaks for the group comes first, among roots and among answers.
const spoken = await says(ann, "the rules", roots[0]);
const word = await says(ann, "a word of the group's");
for (const comment_id of [spoken, word]) await ann.distinguishComment({ comment_id, distinguished: true });
await says(bob, "nested 3", roots[0]);
for (const sort of ["New", "Old", "Top", "Hot"]) {
  const said = contents(await anybody.getComments({ post_id: busy, max_depth: 8, sort }));
  assert.equal(said[0], "a word of the group's", sort);
  assert.equal(said.filter(text => !text.startsWith("root"))[1], "the rules", sort);
  const second = contents(await anybody.getComments({ post_id: busy, max_depth: 8, sort, limit: 5, page: 2 }));
  assert.ok(!second.includes("a word of the group's"), sort);
}
await ann.deletePost({ post_id: busy, deleted: true });

// What is not Lemmy's, or not served, is refused in Lemmy's shape.
const raw = (path, options) => fetch(`${base}/api/v3${path}`, options);
const unknown = await raw("/no_such_call");
assert.deepEqual([unknown.status, (await unknown.json()).error], [404, "unknown"]);
const broken = await raw("/user/login", {
  method: "POST", body: "{", headers: { "Content-Type": "application/json" },
});
assert.equal(broken.status, 400);
const cookie = await raw("/user/validate_auth", { headers: { Cookie: "session=x; jwt=y" } });
assert.deepEqual([cookie.status, (await cookie.json()).error], [400, "not_logged_in"]);
const wrong = await raw("/user/login", {
  method: "POST", headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ username_or_email: "ann", password: "wrong password" }),
});
assert.equal(wrong.status, 401);
const preflight = await raw("/post", {
  method: "OPTIONS",
  headers: {
    Origin: "https://app.example",
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,x-of-an-app",
  },
});
assert.match(preflight.headers.get("access-control-allow-headers"), /x-of-an-app/);
assert.equal(preflight.headers.get("access-control-max-age"), "3600");
const crossing = await raw("/site", { headers: { Origin: "https://app.example" } });
assert.equal(crossing.headers.get("access-control-expose-headers"), "*");
assert.equal(preflight.headers.get("access-control-allow-origin"), "*");
console.log("the story is told");
