//! The tables as Diesel sees them: one schema for both databases.

diesel::table! {
    site (id) {
        id -> Integer,
        name -> Text,
        tagline -> Text,
        sidebar_markdown -> Text,
        sidebar_html -> Text,
        registration -> Nullable<Text>,
        application_question -> Nullable<Text>,
        setup_token_hash -> Nullable<Text>,
        actor_id -> BigInt,
        created -> BigInt,
    }
}

diesel::table! {
    nodes (number) {
        number -> Integer,
        holder -> Text,
        lease_until -> BigInt,
    }
}

diesel::table! {
    hosts (id) {
        id -> BigInt,
        host -> Text,
        software -> Nullable<Text>,
        version -> Nullable<Text>,
        dialect -> Text,
        blocked -> Bool,
        created -> BigInt,
        nodeinfo_at -> BigInt,
        last_heard -> Nullable<BigInt>,
        last_delivered -> Nullable<BigInt>,
        failing_since -> Nullable<BigInt>,
        failures -> Integer,
        next_attempt -> BigInt,
        last_error -> Nullable<Text>,
        delivery_owner -> Nullable<Text>,
        delivery_until -> BigInt,
        intake_owner -> Nullable<Text>,
        intake_until -> BigInt,
    }
}

diesel::table! {
    inboxes (id) {
        id -> BigInt,
        host_id -> BigInt,
        url -> Text,
        gone -> Bool,
    }
}

diesel::table! {
    actors (id) {
        id -> BigInt,
        kind -> Text,
        local -> Bool,
        name -> Text,
        host -> Text,
        ap_id -> Text,
        url -> Text,
        display_name -> Nullable<Text>,
        summary_markdown -> Nullable<Text>,
        summary_html -> Text,
        icon_url -> Nullable<Text>,
        image_url -> Nullable<Text>,
        inbox_url -> Text,
        outbox_url -> Nullable<Text>,
        followers_url -> Nullable<Text>,
        featured_url -> Nullable<Text>,
        moderators_url -> Nullable<Text>,
        public_key_id -> Text,
        public_key_pem -> Nullable<Text>,
        private_key_pem -> Nullable<Text>,
        inbox_id -> Nullable<BigInt>,
        host_id -> Nullable<BigInt>,
        published -> BigInt,
        updated -> Nullable<BigInt>,
        fetched -> BigInt,
        deleted -> Bool,
        suspended -> Bool,
    }
}

diesel::table! {
    people (actor_id) {
        actor_id -> BigInt,
        institution -> Nullable<Text>,
        post_count -> BigInt,
        comment_count -> BigInt,
    }
}

diesel::table! {
    accounts (person_id) {
        person_id -> BigInt,
        email -> Nullable<Text>,
        password_hash -> Text,
        admin -> Bool,
        state -> Text,
        application -> Nullable<Text>,
        created -> BigInt,
        last_seen -> Nullable<BigInt>,
    }
}

diesel::table! {
    groups (actor_id) {
        actor_id -> BigInt,
        rules_markdown -> Nullable<Text>,
        rules_html -> Text,
        posting_restricted -> Bool,
        sensitive -> Bool,
        post_count -> BigInt,
        comment_count -> BigInt,
        follower_count -> BigInt,
        local_follower_count -> BigInt,
        last_activity -> BigInt,
        backfill_wanted -> Bool,
        backfilled_at -> Nullable<BigInt>,
        visibility -> Text,
    }
}

diesel::table! {
    moderators (group_id, person_id) {
        group_id -> BigInt,
        person_id -> BigInt,
        role -> Text,
        created -> BigInt,
    }
}

diesel::table! {
    follows (follower_id, target_id) {
        follower_id -> BigInt,
        target_id -> BigInt,
        state -> Text,
        activity_ap_id -> Text,
        created -> BigInt,
    }
}

diesel::table! {
    posts (id) {
        id -> BigInt,
        ap_id -> Text,
        url -> Text,
        local -> Bool,
        group_id -> BigInt,
        author_id -> BigInt,
        kind -> Text,
        title -> Text,
        body_markdown -> Nullable<Text>,
        body_html -> Text,
        link -> Nullable<Text>,
        image_url -> Nullable<Text>,
        image_alt -> Nullable<Text>,
        language -> Nullable<Text>,
        sensitive -> Bool,
        published -> BigInt,
        edited -> Nullable<BigInt>,
        deleted -> Bool,
        removed -> Bool,
        locked -> Bool,
        featured -> Bool,
        upvotes -> BigInt,
        downvotes -> BigInt,
        score -> BigInt,
        comment_count -> BigInt,
        last_activity -> BigInt,
        hot_rank -> BigInt,
    }
}

diesel::table! {
    comments (id) {
        id -> BigInt,
        ap_id -> Text,
        url -> Text,
        local -> Bool,
        post_id -> BigInt,
        parent_id -> Nullable<BigInt>,
        root_id -> BigInt,
        path -> Text,
        depth -> Integer,
        author_id -> BigInt,
        body_markdown -> Nullable<Text>,
        body_html -> Text,
        language -> Nullable<Text>,
        distinguished -> Bool,
        published -> BigInt,
        edited -> Nullable<BigInt>,
        deleted -> Bool,
        removed -> Bool,
        upvotes -> BigInt,
        downvotes -> BigInt,
        score -> BigInt,
        child_count -> BigInt,
        hot_rank -> BigInt,
    }
}

diesel::table! {
    votes (target_id, actor_id) {
        target_id -> BigInt,
        actor_id -> BigInt,
        value -> SmallInt,
        created -> BigInt,
    }
}

diesel::table! {
    notifications (id) {
        id -> BigInt,
        recipient_id -> BigInt,
        kind -> Text,
        actor_id -> BigInt,
        post_id -> BigInt,
        comment_id -> Nullable<BigInt>,
        target_id -> BigInt,
        read -> Bool,
        created -> BigInt,
    }
}

diesel::table! {
    sessions (token_hash) {
        token_hash -> Text,
        person_id -> BigInt,
        kind -> Text,
        created -> BigInt,
        last_used -> BigInt,
        expires -> BigInt,
    }
}

diesel::table! {
    uploads (id) {
        id -> BigInt,
        person_id -> BigInt,
        file_name -> Text,
        bytes -> BigInt,
        created -> BigInt,
    }
}

diesel::table! {
    tombstones (ap_id) {
        ap_id -> Text,
        created -> BigInt,
    }
}

diesel::table! {
    activities (id) {
        id -> BigInt,
        ap_id -> Text,
        actor_id -> BigInt,
        json -> Text,
        about -> Nullable<Text>,
        created -> BigInt,
    }
}

diesel::table! {
    deliveries (host_id, activity_id, inbox_id) {
        host_id -> BigInt,
        activity_id -> BigInt,
        inbox_id -> BigInt,
    }
}

diesel::table! {
    intake (id) {
        id -> BigInt,
        host_id -> BigInt,
        activity_ap_id -> Text,
        actor_ap_id -> Text,
        body -> Text,
        state -> Text,
        attempts -> Integer,
        next_attempt -> BigInt,
        error -> Nullable<Text>,
        received -> BigInt,
    }
}

diesel::table! {
    private_messages (id) {
        id -> BigInt,
        ap_id -> Text,
        local -> Bool,
        first_id -> BigInt,
        second_id -> BigInt,
        sender_id -> BigInt,
        recipient_id -> BigInt,
        body_markdown -> Nullable<Text>,
        body_html -> Text,
        published -> BigInt,
        edited -> Nullable<BigInt>,
        deleted -> Bool,
        read -> Bool,
    }
}

diesel::table! {
    conversations (person_id, other_id) {
        person_id -> BigInt,
        other_id -> BigInt,
        latest_id -> BigInt,
    }
}

diesel::table! {
    message_settings (person_id) {
        person_id -> BigInt,
        accepts -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    site,
    nodes,
    hosts,
    inboxes,
    actors,
    people,
    accounts,
    groups,
    moderators,
    follows,
    posts,
    comments,
    votes,
    notifications,
    sessions,
    uploads,
    tombstones,
    activities,
    deliveries,
    intake,
    private_messages,
    conversations,
    message_settings,
);

diesel::joinable!(accounts -> actors (person_id));
diesel::joinable!(groups -> actors (actor_id));
diesel::joinable!(deliveries -> activities (activity_id));
diesel::joinable!(deliveries -> inboxes (inbox_id));
