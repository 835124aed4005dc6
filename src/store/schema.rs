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
        asked_until -> Nullable<BigInt>,
        given_up -> Nullable<BigInt>,
    }
}

diesel::table! {
    host_rules (id) {
        id -> BigInt,
        kind -> Text,
        domain -> Text,
        reason -> Nullable<Text>,
        created -> BigInt,
    }
}

diesel::table! {
    blocked_links (id) {
        id -> BigInt,
        pattern -> Text,
        created -> BigInt,
    }
}

diesel::table! {
    host_signatures (host) {
        host -> Text,
        takes -> Nullable<Text>,
        takes_since -> Nullable<BigInt>,
        sends -> Nullable<Text>,
        sends_since -> Nullable<BigInt>,
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
        group_id -> BigInt,
    }
}

diesel::table! {
    conversations (post_id) {
        post_id -> BigInt,
        context_url -> Nullable<Text>,
        wanted -> Bool,
        attempts -> Integer,
        next_attempt -> BigInt,
        read_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    group_refreshes (group_id) {
        group_id -> BigInt,
        next_attempt -> BigInt,
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
        delete_token -> Text,
        purpose -> Text,
        width -> Integer,
        height -> Integer,
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
    aliases (actor_id, alias) {
        actor_id -> BigInt,
        alias -> Text,
        created -> BigInt,
    }
}

diesel::table! {
    moves (actor_id) {
        actor_id -> BigInt,
        target_id -> BigInt,
        moved -> BigInt,
        followers_wait -> Bool,
        returned -> Bool,
    }
}

diesel::table! {
    share_sources (group_id, source_id) {
        group_id -> BigInt,
        source_id -> BigInt,
        active -> Bool,
        since -> BigInt,
    }
}

diesel::table! {
    shares (group_id, post_id) {
        group_id -> BigInt,
        post_id -> BigInt,
        via_id -> BigInt,
        removed -> Bool,
        created -> BigInt,
    }
}

diesel::table! {
    notices (id) {
        id -> BigInt,
        recipient_id -> BigInt,
        kind -> Text,
        actor_id -> BigInt,
        other_id -> BigInt,
        read -> Bool,
        created -> BigInt,
    }
}

diesel::table! {
    modlog (id) {
        id -> BigInt,
        moderator_id -> BigInt,
        act -> Text,
        undone -> Bool,
        group_id -> Nullable<BigInt>,
        post_id -> Nullable<BigInt>,
        comment_id -> Nullable<BigInt>,
        person_id -> Nullable<BigInt>,
        reason -> Nullable<Text>,
        expires -> Nullable<BigInt>,
        created -> BigInt,
    }
}

diesel::table! {
    bans (place_id, person_id) {
        place_id -> BigInt,
        person_id -> BigInt,
        by_id -> BigInt,
        reason -> Nullable<Text>,
        expires -> Nullable<BigInt>,
        with_site -> Bool,
        created -> BigInt,
    }
}

diesel::table! {
    ban_removals (place_id, person_id, target_id) {
        place_id -> BigInt,
        person_id -> BigInt,
        target_id -> BigInt,
    }
}

diesel::table! {
    reports (id) {
        id -> BigInt,
        ap_id -> Text,
        reporter_id -> BigInt,
        kind -> Text,
        target_id -> BigInt,
        group_id -> Nullable<BigInt>,
        author_id -> BigInt,
        reason -> Text,
        original_title -> Nullable<Text>,
        original_text -> Nullable<Text>,
        original_link -> Nullable<Text>,
        resolved -> Bool,
        resolver_id -> Nullable<BigInt>,
        created -> BigInt,
        updated -> Nullable<BigInt>,
    }
}

diesel::table! {
    hidden_groups (group_id) {
        group_id -> BigInt,
        created -> BigInt,
    }
}

diesel::table! {
    application_decisions (person_id) {
        person_id -> BigInt,
        admin_id -> BigInt,
        reason -> Nullable<Text>,
        decided -> BigInt,
    }
}

diesel::table! {
    site_pins (post_id) {
        post_id -> BigInt,
        created -> BigInt,
    }
}

diesel::table! {
    comment_locks (comment_id) {
        comment_id -> BigInt,
        created -> BigInt,
    }
}

diesel::table! {
    discarded_files (file_name) {
        file_name -> Text,
        created -> BigInt,
    }
}

diesel::table! {
    purged (target_id) {
        target_id -> BigInt,
        created -> BigInt,
    }
}

diesel::table! {
    extras (content_id) {
        content_id -> BigInt,
        warning -> Nullable<Text>,
        covered -> Bool,
        attachments -> Text,
        emoji -> Text,
        hashtags -> Text,
    }
}

diesel::table! {
    polls (post_id) {
        post_id -> BigInt,
        multiple -> Bool,
        hides_results -> Bool,
        ends -> Nullable<BigInt>,
        closed -> Bool,
        voters -> BigInt,
        changed -> Bool,
        told -> BigInt,
    }
}

diesel::table! {
    poll_options (post_id, position) {
        post_id -> BigInt,
        position -> Integer,
        name -> Text,
        votes -> BigInt,
    }
}

diesel::table! {
    poll_votes (post_id, voter_id, position) {
        post_id -> BigInt,
        voter_id -> BigInt,
        position -> Integer,
        created -> BigInt,
    }
}

diesel::table! {
    saved (person_id, target_id) {
        person_id -> BigInt,
        target_id -> BigInt,
        created -> BigInt,
    }
}

diesel::table! {
    events (post_id) {
        post_id -> BigInt,
        starts -> BigInt,
        ends -> Nullable<BigInt>,
        timezone -> Nullable<Text>,
        place -> Nullable<Text>,
        address -> Nullable<Text>,
        online_url -> Nullable<Text>,
        cancelled -> Bool,
    }
}

diesel::table! {
    readings (person_id, post_id) {
        person_id -> BigInt,
        post_id -> BigInt,
        marked -> Bool,
        comments -> BigInt,
    }
}

diesel::table! {
    boosts (target_id, actor_id) {
        target_id -> BigInt,
        actor_id -> BigInt,
        created -> BigInt,
    }
}

diesel::table! {
    group_boosts (group_id, object) {
        group_id -> BigInt,
        object -> Text,
        activity_id -> BigInt,
    }
}

diesel::table! {
    standing_acts (about, actor_id, activity) {
        about -> Text,
        actor_id -> BigInt,
        activity -> Text,
        created -> BigInt,
    }
}

diesel::table! {
    hidden_posts (person_id, post_id) {
        person_id -> BigInt,
        post_id -> BigInt,
        created -> BigInt,
    }
}

diesel::table! {
    blocks (person_id, actor_id) {
        person_id -> BigInt,
        actor_id -> BigInt,
        created -> BigInt,
    }
}

diesel::table! {
    cross_posts (post_id, group_id) {
        post_id -> BigInt,
        group_id -> BigInt,
        created -> BigInt,
    }
}

diesel::table! {
    host_blocks (person_id, host_id) {
        person_id -> BigInt,
        host_id -> BigInt,
        created -> BigInt,
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
    correspondence (person_id, other_id) {
        person_id -> BigInt,
        other_id -> BigInt,
        latest_id -> BigInt,
    }
}

diesel::table! {
    preferences (person_id) {
        person_id -> BigInt,
        show_sensitive -> Bool,
        show_read -> Bool,
        show_bots -> Bool,
        show_scores -> Bool,
        sort -> Nullable<Text>,
        listing -> Nullable<Text>,
        languages -> Text,
        matrix_id -> Nullable<Text>,
        for_apps -> Text,
    }
}

diesel::table! {
    site_languages (code) {
        code -> Text,
    }
}

diesel::table! {
    erasures (person_id) {
        person_id -> BigInt,
        on_comments -> Bool,
        after_time -> BigInt,
        after_id -> BigInt,
        created -> BigInt,
    }
}

diesel::table! {
    sweeps (place_id, person_id) {
        place_id -> BigInt,
        person_id -> BigInt,
        act -> Text,
        by_id -> BigInt,
        reason -> Nullable<Text>,
        on_comments -> Bool,
        after_time -> BigInt,
        after_id -> BigInt,
        created -> BigInt,
    }
}

diesel::table! {
    name_parts (is_group, place, part, actor_id) {
        is_group -> Bool,
        place -> Integer,
        part -> Text,
        actor_id -> BigInt,
    }
}

diesel::table! {
    shared_messages (message_id) {
        message_id -> BigInt,
        note_ap_id -> Text,
        also_to -> Text,
    }
}

diesel::table! {
    message_settings (person_id) {
        person_id -> BigInt,
        accepts -> Text,
    }
}

diesel::table! {
    link_previews (link_key) {
        link_key -> Text,
        link -> Text,
        wanted -> Bool,
        attempts -> Integer,
        next_attempt -> BigInt,
        looked_at -> Nullable<BigInt>,
        title -> Nullable<Text>,
        description -> Nullable<Text>,
        content_type -> Nullable<Text>,
        image_url -> Nullable<Text>,
        video_url -> Nullable<Text>,
        thumbnail -> Nullable<Text>,
        thumbnail_url -> Nullable<Text>,
        thumbnail_bytes -> BigInt,
        thumbnail_width -> Integer,
        thumbnail_height -> Integer,
    }
}

diesel::table! {
    post_links (post_id) {
        post_id -> BigInt,
        link_key -> Text,
    }
}

diesel::table! {
    link_slots (host, ours) {
        host -> Text,
        ours -> Bool,
        next_slot -> BigInt,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    aliases,
    moves,
    share_sources,
    shares,
    notices,
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
    conversations,
    group_refreshes,
    link_previews,
    link_slots,
    post_links,
    votes,
    notifications,
    sessions,
    uploads,
    tombstones,
    activities,
    deliveries,
    intake,
    private_messages,
    correspondence,
    shared_messages,
    message_settings,
    modlog,
    bans,
    ban_removals,
    hidden_groups,
    site_pins,
    comment_locks,
    reports,
    application_decisions,
    discarded_files,
    purged,
    extras,
    polls,
    poll_options,
    poll_votes,
    events,
    boosts,
    group_boosts,
    standing_acts,
    cross_posts,
    saved,
    readings,
    hidden_posts,
    blocks,
    host_blocks,
    preferences,
    site_languages,
    erasures,
    sweeps,
    name_parts,
);

diesel::joinable!(accounts -> actors (person_id));
diesel::joinable!(groups -> actors (actor_id));
diesel::joinable!(deliveries -> activities (activity_id));
diesel::joinable!(deliveries -> inboxes (inbox_id));
diesel::joinable!(blocks -> actors (actor_id));
diesel::joinable!(host_blocks -> hosts (host_id));
diesel::joinable!(name_parts -> actors (actor_id));
