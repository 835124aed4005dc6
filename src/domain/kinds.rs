//! Small closed vocabularies: what an actor is, what a vote says, how a list is sorted, how one registers.

use super::time::{DAY, HOUR};

/// Declares an enum that is stored and written as a word.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            #[allow(dead_code)] // Not every vocabulary is listed somewhere.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::domain::kinds::UnknownWord;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($word => Ok($name::$variant),)+
                    _ => Err($crate::domain::kinds::UnknownWord { kind: stringify!($name), word: text.chars().take(40).collect() }),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

pub(crate) use words;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{word:?} is no {kind}")]
pub struct UnknownWord {
    pub kind: &'static str,
    pub word: String,
}

words! {
    /// The AS2 type of an actor, by what we do with it.
    ActorKind { Person = "person", Group = "group", Application = "application", Service = "service", Organization = "organization" }
}

impl ActorKind {
    /// Somebody who writes: a person, or what stands for one. Not a group, nor a whole site.
    pub const fn is_person(self) -> bool {
        matches!(
            self,
            ActorKind::Person | ActorKind::Service | ActorKind::Organization
        )
    }
}

words! {
    /// What somebody does by writing: the kinds of contribution. Polls and events hang beside the plain one.
    Contribution { Discussion = "discussion" }
}

words! {
    /// The state of a follow of a group.
    FollowState { Pending = "pending", Accepted = "accepted" }
}

words! {
    /// What is done, step by step, with all that somebody wrote.
    SweepAct {
        /// It goes with a ban.
        Remove = "remove",
        /// It comes back with the end of one.
        Restore = "restore",
        Purge = "purge",
    }
}

words! {
    /// Who may read what is written in a group.
    Visibility {
        /// Everybody, here and elsewhere.
        Public = "public",
        /// Members of this instance who are logged in; nothing of it leaves the instance.
        LocalOnly = "local_only",
        /// Followers whom a moderator has let in. Name and description are there for everybody.
        Private = "private",
    }
}

words! {
    /// From whom somebody takes private messages.
    MessagesFrom { Everybody = "everybody", Here = "here", Nobody = "nobody" }
}

words! {
    /// How people get an account here.
    RegistrationMode { Open = "open", Approval = "approval", Closed = "closed" }
}

words! {
    AccountState { Pending = "pending", Active = "active", Rejected = "rejected" }
}

words! {
    /// Where a session's token is kept: in a browser's cookie, or with an API client.
    SessionKind { Web = "web", Api = "api" }
}

words! {
    /// What became of a received activity.
    IntakeState { Pending = "pending", Applied = "applied", Failed = "failed" }
}

words! {
    /// What the log of moderation tells of. An entry may also say that it was taken back.
    LoggedAct {
        RemovePost = "remove-post",
        LockPost = "lock-post",
        /// Out of the group it was in; where it went is where it is.
        MovePost = "move-post",
        FeaturePost = "feature-post",
        /// On the front page.
        FeatureOnSite = "feature-on-site",
        RemoveComment = "remove-comment",
        LockComment = "lock-comment",
        /// A word to the author, and nothing more.
        Warn = "warn",
        RemoveGroup = "remove-group",
        HideGroup = "hide-group",
        BanFromGroup = "ban-from-group",
        BanFromSite = "ban-from-site",
        /// As moderator or coordinator of a group.
        Appoint = "appoint",
        /// A group to a new coordinator.
        Transfer = "transfer",
        AppointAdmin = "appoint-admin",
        PurgePerson = "purge-person",
        PurgeGroup = "purge-group",
        PurgePost = "purge-post",
        PurgeComment = "purge-comment",
        /// A server; the reason names it.
        BlockHost = "block-host",
        AllowHost = "allow-host",
    }
}

words! {
    NotificationKind {
        Reply = "reply",
        Mention = "mention",
        /// A moderator took away what one wrote.
        Removal = "removal",
        /// A moderator has something to say about what one wrote.
        Warning = "warning",
        /// Somebody reported something to its moderators.
        Report = "report",
        /// A poll that one asked or voted in is over.
        Poll = "poll",
    }
}

words! {
    /// What a report is about.
    ReportKind { Post = "post", Comment = "comment", Person = "person", Group = "group", Message = "message" }
}

words! {
    /// What a picture was uploaded as. One of a profile goes when another takes its place.
    PictureUse { Profile = "profile", Post = "post", Loose = "loose" }
}

words! {
    /// What a notice is about that belongs to no thread.
    NoticeKind {
        /// A group one followed moved, and one follows it still.
        GroupMoved = "group-moved",
        /// Somebody who looks after a group of one's own moved: whether they do so from there is to be said.
        ModeratorMoved = "moderator-moved",
        /// A group asks to share the threads of one's own.
        GroupAsks = "group-asks",
        /// One had asked to be let into a group, and was.
        LetIn = "let-in",
        /// One had asked, and was not let in.
        TurnedAway = "turned-away",
        /// One was in a group, and no longer is.
        TakenOut = "taken-out",
    }
}

words! {
    PostSort {
        New = "new",
        Old = "old",
        Active = "active",
        Hot = "hot",
        Top = "top",
        /// By the number of comments.
        Discussed = "discussed",
        /// Those with votes both up and down, by the lesser number of the two.
        Controversial = "controversial",
    }
}

words! {
    /// Orders of threads in Lemmy's words, which is what members set as theirs.
    Order {
        Active = "Active",
        Hot = "Hot",
        New = "New",
        Old = "Old",
        TopDay = "TopDay",
        TopWeek = "TopWeek",
        TopMonth = "TopMonth",
        TopYear = "TopYear",
        TopAll = "TopAll",
        MostComments = "MostComments",
        NewComments = "NewComments",
        TopHour = "TopHour",
        TopSixHour = "TopSixHour",
        TopTwelveHour = "TopTwelveHour",
        TopThreeMonths = "TopThreeMonths",
        TopSixMonths = "TopSixMonths",
        TopNineMonths = "TopNineMonths",
        Controversial = "Controversial",
        /// Hot, here: groups are not weighed against each other.
        Scaled = "Scaled",
    }
}

impl Order {
    /// How long ago its threads were published at most, in milliseconds; months are about as long as in
    /// the calendar.
    pub const fn span(self) -> Option<i64> {
        Some(match self {
            Order::TopHour => HOUR,
            Order::TopSixHour => 6 * HOUR,
            Order::TopTwelveHour => 12 * HOUR,
            Order::TopDay => DAY,
            Order::TopWeek => 7 * DAY,
            Order::TopMonth => 30 * DAY,
            Order::TopThreeMonths => 91 * DAY,
            Order::TopSixMonths => 182 * DAY,
            Order::TopNineMonths => 274 * DAY,
            Order::TopYear => 365 * DAY,
            _ => return None,
        })
    }
}

impl From<Order> for PostSort {
    fn from(order: Order) -> Self {
        match order {
            Order::Active | Order::NewComments => PostSort::Active,
            Order::Hot | Order::Scaled => PostSort::Hot,
            Order::New => PostSort::New,
            Order::Old => PostSort::Old,
            Order::MostComments => PostSort::Discussed,
            Order::Controversial => PostSort::Controversial,
            _ => PostSort::Top,
        }
    }
}

words! {
    /// How groups are listed.
    GroupSort {
        /// By their latest thread or comment.
        Active = "active",
        New = "new",
        Old = "old",
        /// By the number of followers.
        Followed = "followed",
        /// By the number of comments.
        Discussed = "discussed",
    }
}

impl From<Order> for GroupSort {
    /// How many people were active in a day or a month is not counted here: followers stand for them.
    fn from(order: Order) -> Self {
        match order {
            Order::Active | Order::Hot | Order::Scaled | Order::NewComments => GroupSort::Active,
            Order::New => GroupSort::New,
            Order::Old => GroupSort::Old,
            Order::MostComments | Order::Controversial => GroupSort::Discussed,
            _ => GroupSort::Followed,
        }
    }
}

words! {
    /// Which threads are listed, in Lemmy's words.
    Listing { All = "All", Local = "Local", Subscribed = "Subscribed", ModeratorView = "ModeratorView" }
}

words! {
    CommentSort { Hot = "hot", Top = "top", New = "new", Old = "old" }
}

words! {
    /// Which posts a list shows.
    Scope { Subscribed = "subscribed", Moderated = "moderated", Local = "local", All = "all" }
}

words! {
    /// What a peer's software understands, which decides what it is sent.
    Dialect {
        /// Not known yet: gets both forms.
        Unknown = "unknown",
        /// Speaks FEP-1b12: takes the announced activity (Lemmy, PieFed, Mbin, NodeBB, Coppice).
        Threadiverse = "threadiverse",
        /// Shows announced objects as boosts and ignores announced activities (Mastodon and its kind).
        Microblog = "microblog",
        /// Takes announced objects, and activities from those alone who do them; knows threads as articles.
        Discourse = "discourse",
    }
}

/// A vote as somebody casts it; `None` of it is a withdrawn vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Vote {
    Up,
    Down,
}

impl Vote {
    pub const fn value(self) -> i16 {
        match self {
            Vote::Up => 1,
            Vote::Down => -1,
        }
    }

    /// Lemmy's `score` field: 1, -1, or 0 for none.
    pub fn from_value(value: i64) -> Option<Option<Vote>> {
        match value {
            1 => Some(Some(Vote::Up)),
            -1 => Some(Some(Vote::Down)),
            0 => Some(None),
            _ => None,
        }
    }
}
