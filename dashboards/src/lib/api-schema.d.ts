// Made by `npm run contract` of openapi.json; not to be edited.

export interface paths {
    "/api/beacon": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A batch of our tracker
         * @description Up to 64 KiB and 100 events. `docs/tracker.md` has the format of every event.
         */
        post: operations["post_beacon"];
        delete?: never;
        /** May another site send this */
        options: operations["options_beacon"];
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/count/{action}/badge.svg": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A hits counter as of seeyoufarm */
        get: operations["get_count_by_action_badge_svg"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/docs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A page that shows this document */
        get: operations["get_docs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/docs/viewer.css": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The style of that page */
        get: operations["get_docs_viewer_css"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/docs/viewer.js": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The script of that page */
        get: operations["get_docs_viewer_js"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/event": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Plausible's events API
         * @description One event, with the long names or the short ones of Plausible's trackers (`n`, `u`, `d`, `r`, `p`, `$`).
         */
        post: operations["post_event"];
        delete?: never;
        /** May another site send this */
        options: operations["options_event"];
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Can it, in Plausible's words
         * @description `postgres` is the control database, whichever it is. 500 where one of them is `error`.
         */
        get: operations["get_health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document */
        get: operations["get_openapi_json"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show one's account
         * @description What was never chosen is `null`: the browser's own holds. Administrators own every site; none is listed.
         */
        get: operations["get_account"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change one's choices
         * @description What is not given stays.
         */
        patch: operations["patch_account"];
        trace?: never;
    };
    "/api/v1/account/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change one's password
         * @description All sessions end, and this browser gets a new one.
         */
        put: operations["put_account_password"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the browsers that are signed in
         * @description Of a browser only its name and that of its system are known. No address is kept.
         */
        get: operations["get_account_sessions"];
        put?: never;
        post?: never;
        /** Sign all other browsers out */
        delete: operations["delete_account_sessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/sessions/{session}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Sign a browser out */
        delete: operations["delete_account_sessions_by_session"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invitation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What an invitation is for
         * @description It stays open. The token comes in the body, so that it stands in no log.
         */
        post: operations["post_invitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invitation/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Accept an invitation
         * @description With an account, that account is made and signed in; without one, whoever is signed in accepts. The link is used up by it. Who is more at the site already stays what they are.
         */
        post: operations["post_invitation_accept"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is signed in */
        get: operations["get_session"];
        put?: never;
        /** Sign in */
        post: operations["post_session"];
        /** Sign out */
        delete: operations["delete_session"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Is the first user still to be made */
        get: operations["get_setup"];
        put?: never;
        /**
         * Make the first user
         * @description The token is in the link that is printed at the first start. It signs in at once.
         */
        post: operations["post_setup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/share": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a shared link shows
         * @description Where a password is asked for and was not given, only that is told.
         */
        get: operations["get_share"];
        put?: never;
        /**
         * Give the password of a shared link
         * @description The pass is sent in place of the link, as a bearer token, for up to twelve hours.
         */
        post: operations["post_share"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List sites */
        get: operations["get_sites"];
        put?: never;
        /** Add a site */
        post: operations["post_sites"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/custom-props": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List properties */
        get: operations["get_sites_custom_props"];
        /** Put a property on the list */
        put: operations["put_sites_custom_props"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/custom-props/{property}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take a property off the list */
        delete: operations["delete_sites_custom_props_by_property"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/goals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List goals */
        get: operations["get_sites_goals"];
        /** Find or make a goal */
        put: operations["put_sites_goals"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/goals/{goal_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove a goal */
        delete: operations["delete_sites_goals_by_goal_id"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/shared-links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Find or make a shared link
         * @description One that is made shows reports and counts, has no password and no end.
         */
        put: operations["put_sites_shared_links"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{site}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a site */
        get: operations["get_sites_by_site"];
        put?: never;
        post?: never;
        /**
         * Remove a site
         * @description No event of it is accepted from now on; what is stored stays out of reach.
         */
        delete: operations["delete_sites_by_site"];
        options?: never;
        head?: never;
        /**
         * Change a site
         * @description The settings that are given are replaced, the others stay.
         */
        patch: operations["patch_sites_by_site"];
        trace?: never;
    };
    "/api/v1/sites/{site}/annotations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List annotations */
        get: operations["get_sites_by_site_annotations"];
        put?: never;
        /** Add an annotation */
        post: operations["post_sites_by_site_annotations"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{site}/annotations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove an annotation */
        delete: operations["delete_sites_by_site_annotations_by_id"];
        options?: never;
        head?: never;
        /**
         * Change an annotation
         * @description What is not given stays.
         */
        patch: operations["patch_sites_by_site_annotations_by_id"];
        trace?: never;
    };
    "/api/v1/sites/{site}/data": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove rows for good
         * @description Of a path, of days, or all of them. 202 means that it goes on: ask again, which asks for nothing new.
         */
        delete: operations["delete_sites_by_site_data"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{site}/elements": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What happened to each element */
        get: operations["get_sites_by_site_elements"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{site}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send events from a server
         * @description Of now or of the past, as a list or one a line. A row that is wrong costs no other; 202 means that what was accepted is on the disk.
         */
        post: operations["post_sites_by_site_events"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{site}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Take all rows of a site
         * @description A stream of any length. Its last line, and the header `X-Heatline-Cursor`, have the cursor from which the next export goes on with what has come since.
         */
        get: operations["get_sites_by_site_export"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{site}/funnel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** How many go through steps */
        post: operations["post_sites_by_site_funnel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{site}/goals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List goals */
        get: operations["get_sites_by_site_goals"];
        put?: never;
        /**
         * Keep a goal
         * @description Of an event, or of a page; in a path, `*` is any text without a slash and `**` any text.
         */
        post: operations["post_sites_by_site_goals"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{site}/goals/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove a goal */
        delete: operations["delete_sites_by_site_goals_by_id"];
        options?: never;
        head?: never;
        /** Change a goal */
        patch: operations["patch_sites_by_site_goals_by_id"];
        trace?: never;
    };
    "/api/v1/sites/{site}/heatmap.gif": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A heat map that moves
         * @description Whoever has a link of `POST …/heatmap/sign` (with `sig` and `expires`) sees it, too, without a key.
         */
        get: operations["get_sites_by_site_heatmap_gif"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{site}/heatmap.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The numbers of a heat map
         * @description Whoever has a link of `POST …/heatmap/sign` (with `sig` and `expires`) sees it, too, without a key.
         */
        get: operations["get_sites_by_site_heatmap_json"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{site}/heatmap.png": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A heat map as PNG
         * @description Whoever has a link of `POST …/heatmap/sign` (with `sig` and `expires`) sees it, too, without a key.
         */
        get: operations["get_sites_by_site_heatmap_png"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{site}/heatmap.svg": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A heat map as SVG
         * @description Whoever has a link of `POST …/heatmap/sign` (with `sig` and `expires`) sees it, too, without a key.
         */
        get: operations["get_sites_by_site_heatmap_svg"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{site}/heatmap.webp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A heat map as WebP
         * @description Whoever has a link of `POST …/heatmap/sign` (with `sig` and `expires`) sees it, too, without a key.
         */
        get: operations["get_sites_by_site_heatmap_webp"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{site}/heatmap/overlay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Show maps on the page itself */
        post: operations["post_sites_by_site_heatmap_overlay"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{site}/heatmap/sign": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a link to one map
         * @description Whoever has the link sees this map until its end, and no other.
         */
        post: operations["post_sites_by_site_heatmap_sign"];
        /** End all links of a site */
        delete: operations["delete_sites_by_site_heatmap_sign"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{site}/heatmap/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Clicks as they are made
         * @description Server-sent events: `page` with the size of the page, then `clicks`.
         */
        get: operations["get_sites_by_site_heatmap_stream"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{site}/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Bring rows in
         * @description An export of ours or GoatCounter's CSV, plain or gzip, or Plausible's zip, up to 256 MiB. Each row counts once, however often its file comes.
         */
        post: operations["post_sites_by_site_import"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{site}/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Invite somebody
         * @description For owners. The link works once, for seven days where nothing else is said. With an address, only who has that address can accept it. Heatline sends no mail: give the link to whom it is for.
         */
        post: operations["post_sites_by_site_invitations"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{site}/invitations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take an invitation back */
        delete: operations["delete_sites_by_site_invitations_by_id"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{site}/journeys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Which pages come before and after */
        post: operations["post_sites_by_site_journeys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{site}/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the keys of a site
         * @description For owners: those that open this site only. `made_by` is `null` for keys of the command line.
         */
        get: operations["get_sites_by_site_keys"];
        put?: never;
        /**
         * Make a key
         * @description For owners. It opens this site only, and goes when its maker is no owner any more.
         */
        post: operations["post_sites_by_site_keys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{site}/keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke a key */
        delete: operations["delete_sites_by_site_keys_by_id"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{site}/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who is here
         * @description The 50 visitors who came last are listed in `sessions`, unless the site's setting `live_feed` is off.
         */
        get: operations["get_sites_by_site_live"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{site}/live/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What visitors do, as they do it
         * @description Server-sent events: `events` with pageviews and custom events as they come, at most four messages a second and 100 events in each; `missed` counts those that are left out.
         */
        get: operations["get_sites_by_site_live_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{site}/live/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How many were here
         * @description How many were here at the same time, beside the same minutes a week before. A point stands for a minute, or for more in a long range: `visitors` is the mean, `peak` the most at one moment.
         */
        get: operations["get_sites_by_site_live_history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{site}/live/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who is here, as it changes
         * @description Server-sent events: one `snapshot`, then `update`s of the same shape, at most four a second. Without parameters the document of `/live`, with an `id` for each visitor that is good within the stream; with `path` the visitors of these pages. `Last-Event-ID` is understood. The stream ends when the caller may not read the site any more.
         */
        get: operations["get_sites_by_site_live_stream"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{site}/live/visitors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The visitors who are here
         * @description Who came last comes first; `visitors` counts all that the filters select. Where the site's setting `live_feed` is off, nobody is listed.
         */
        get: operations["get_sites_by_site_live_visitors"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{site}/outcomes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Why hits are missing
         * @description What was accepted, what was left out by which rule, and what was refused; by the hour or by the day.
         */
        get: operations["get_sites_by_site_outcomes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{site}/pages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List pages that have maps */
        get: operations["get_sites_by_site_pages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{site}/people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the people of a site
         * @description For owners. Administrators see every site and are listed only where they were given a role.
         */
        get: operations["get_sites_by_site_people"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{site}/people/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove a member, or leave
         * @description For owners, and for everybody with their own number. The last owner stays, unless an administrator says otherwise.
         */
        delete: operations["delete_sites_by_site_people_by_id"];
        options?: never;
        head?: never;
        /**
         * Give a member another role
         * @description For owners. The last owner stays one, unless an administrator says otherwise. Who is no owner any more loses the keys and invitations that they made for the site.
         */
        patch: operations["patch_sites_by_site_people_by_id"];
        trace?: never;
    };
    "/api/v1/sites/{site}/props": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List properties */
        get: operations["get_sites_by_site_props"];
        /** Replace the list of properties */
        put: operations["put_sites_by_site_props"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{site}/props/{prop}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take a property off the list */
        delete: operations["delete_sites_by_site_props_by_prop"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{site}/retention": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * How many come again
         * @description By a property that the site sends, for visitors themselves are known for one day only: a pseudonymous identifier.
         */
        post: operations["post_sites_by_site_retention"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{site}/screenshot": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a screenshot */
        get: operations["get_sites_by_site_screenshot"];
        /**
         * Keep a screenshot
         * @description It lies under heat maps of the page near this width. It is decoded, and encoded anew.
         */
        put: operations["put_sites_by_site_screenshot"];
        post?: never;
        /** Remove a screenshot */
        delete: operations["delete_sites_by_site_screenshot"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{site}/screenshots": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List screenshots */
        get: operations["get_sites_by_site_screenshots"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{site}/segments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List segments */
        get: operations["get_sites_by_site_segments"];
        put?: never;
        /** Add a segment */
        post: operations["post_sites_by_site_segments"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{site}/segments/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a segment */
        get: operations["get_sites_by_site_segments_by_id"];
        put?: never;
        post?: never;
        /** Remove a segment */
        delete: operations["delete_sites_by_site_segments_by_id"];
        options?: never;
        head?: never;
        /**
         * Change a segment
         * @description What is not given stays.
         */
        patch: operations["patch_sites_by_site_segments_by_id"];
        trace?: never;
    };
    "/api/v1/sites/{site}/shared-links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List shared links */
        get: operations["get_sites_by_site_shared_links"];
        put?: never;
        /**
         * Make a shared link
         * @description `url` is for people, `embed_url` for frames on pages that the site's setting `live_frame_ancestors` names. A link shows reports and counts; heat maps and single visitors only where that is said.
         */
        post: operations["post_sites_by_site_shared_links"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{site}/shared-links/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove a shared link
         * @description Streams that it opened end within two seconds.
         */
        delete: operations["delete_sites_by_site_shared_links_by_id"];
        options?: never;
        head?: never;
        /**
         * Change a shared link
         * @description What is not given stays; `null` takes the password or the end away.
         */
        patch: operations["patch_sites_by_site_shared_links_by_id"];
        trace?: never;
    };
    "/api/v1/stats/aggregate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Totals of a period */
        get: operations["get_stats_aggregate"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stats/breakdown": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A period by the values of a property */
        get: operations["get_stats_breakdown"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stats/realtime/visitors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many visitors are there now */
        get: operations["get_stats_realtime_visitors"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stats/timeseries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A period by its days */
        get: operations["get_stats_timeseries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List all users */
        get: operations["get_users"];
        put?: never;
        /**
         * Add a user
         * @description A password is made for them. Who shall see one site is better invited to it.
         */
        post: operations["post_users"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove a user
         * @description Their sessions, roles, keys and invitations go with them. Nobody can remove themselves.
         */
        delete: operations["delete_users_by_id"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/query": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Ask a question by its address
         * @description The question stands in the address as JSON. With `expires` and `sig`, which `POST /api/v2/query/sign` makes, it needs no key.
         */
        get: operations["get_v2_query"];
        put?: never;
        /**
         * Ask a question
         * @description Plausible's Stats API v2, with more metrics, dimensions and options. What does not go together is refused with a sentence that names both sides.
         */
        post: operations["post_v2_query"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/query/sign": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a link to one report
         * @description Whoever has the link sees the answer to this question until its end, and to no other.
         */
        post: operations["post_v2_query_sign"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/assets/world.svg": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The land without visitors */
        get: operations["get_assets_world_svg"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/assets/{path}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A file of the dashboard */
        get: operations["get_assets_by_path"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/badge/{site}.{form}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A badge
         * @description A picture for a plain `<img>` on any page, or the same as a document. It has a tag, and is kept only for a moment.
         */
        get: operations["get_badge_by_site_by_form"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/busuanzi": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * busuanzi's counter
         * @description Views and visitors of the site and of the page from which the request comes. Counts the look where the owner wants it (`counting_badge`).
         */
        get: operations["get_busuanzi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/counter/{path}.{form}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * GoatCounter's visitor counter
         * @description The visits of a page, or of the site as `TOTAL`. As JSON the numbers are texts, as GoatCounter's are, and numbers in `value` and `value_unique`; a page that was never seen is 404 with 0. Other parameters of GoatCounter change nothing.
         */
        get: operations["get_counter_by_path_by_form"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/demo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The demo site */
        get: operations["get_demo"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/demo/{path}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A file of the demo site */
        get: operations["get_demo_by_path"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Is it alive */
        get: operations["get_healthz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/hits/{page}.{form}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A hits counter as of hits.sh
         * @description A host or the name of a site, and a path. Counts the look where the owner wants it (`counting_badge`).
         */
        get: operations["get_hits_by_page_by_form"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/js/{script}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The tracker
         * @description `heatline.js`, and the modules that it loads.
         */
        get: operations["get_js_by_script"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/live/{site}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The public live page
         * @description A site has it only when its owner says so (`public_live`); it may be framed by this service and by those that the owner names (`live_frame_ancestors`). `?embed=1` leaves out head and foot, `theme=light|dark` and `lang=en|bg` choose.
         */
        get: operations["get_live_by_site"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/live/{site}/count": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How many are here, as it changes
         * @description Server-sent events named `count`, at most one a second: `{"online": 3}`, and with `path` also `page`. `/js/heatline-live.js` shows them.
         */
        get: operations["get_live_by_site_count"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/live/{site}/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who is here, as anybody may know it
         * @description Server-sent events `moment`, each a whole `PublicMoment`, at most four a second. Pages and places with too few visitors (`public_map_min_visitors`) are not told; there are no sessions.
         */
        get: operations["get_live_by_site_stream"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/map/{site}.png": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A map of visitors as PNG */
        get: operations["get_map_by_site_png"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/map/{site}.svg": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A map of visitors as SVG */
        get: operations["get_map_by_site_svg"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pixel.gif": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A page view without JavaScript */
        get: operations["get_pixel_gif"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Can it take events and answer questions */
        get: operations["get_readyz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/share/{site}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A shared dashboard
         * @description The dashboard of a site for who has a link to it. What opens the link stands in the fragment (`#auth=…`) or, for frames, in the query (`?auth=…`); `embed=true` leaves out head and foot, `theme=light|dark|system`, `lang=en|bg` and `background=transparent` choose. It is framed by those whom the site's setting `live_frame_ancestors` names.
         */
        get: operations["get_share_by_site"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/share/{site}/{page}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A page of a shared dashboard
         * @description The dashboard of a site for who has a link to it. What opens the link stands in the fragment (`#auth=…`) or, for frames, in the query (`?auth=…`); `embed=true` leaves out head and foot, `theme=light|dark|system`, `lang=en|bg` and `background=transparent` choose. It is framed by those whom the site's setting `live_frame_ancestors` names.
         */
        get: operations["get_share_by_site_by_page"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Account: {
            admin: boolean;
            /** Format: date-time */
            created_at: string;
            email: string;
            id: number;
            language: ("en" | "bg") | null;
            sites: {
                domain: string;
                /** @enum {string} */
                role: "viewer" | "editor" | "owner";
            }[];
            theme: ("system" | "light" | "dark") | null;
            time_format: ("auto" | "12" | "24") | null;
        };
        Annotation: {
            at: string;
            author: number | null;
            id: number;
            text: string;
        };
        Beacon: {
            document: number[];
            events: {
                /** @description Milliseconds ago. */
                ago?: number;
                /** @enum {string} */
                type: "pageview" | "event" | "engagement" | "click" | "move" | "scroll" | "layout" | "vitals" | "leave";
            }[];
            hash?: boolean;
            n?: number | null;
            referrer?: string;
            site: string;
            url: string;
            /** @constant */
            v: 1;
            view: string;
            viewport: number[];
        } & {
            [key: string]: unknown;
        };
        /** @description A period that ends today, or the first and the last day or second. */
        DateRange: string | string[];
        Dimension: ("time" | "event:goal" | "event:page" | "event:name" | "event:hostname" | "visit:entry_page" | "visit:entry_page_hostname" | "visit:exit_page" | "visit:exit_page_hostname" | "visit:source" | "visit:referrer" | "visit:channel" | "visit:utm_source" | "visit:utm_medium" | "visit:utm_campaign" | "visit:utm_content" | "visit:utm_term" | "visit:country" | "visit:country_name" | "visit:region" | "visit:region_name" | "visit:city" | "visit:city_name" | "visit:browser" | "visit:browser_version" | "visit:os" | "visit:os_version" | "visit:device" | "time:minute" | "time:hour" | "time:day" | "time:week" | "time:month") | string;
        /** @description A comparison, or others put together. A segment is asked for by `["is", "segment", [1]]`. */
        Filter: [
            "is" | "is_not" | "contains" | "contains_not" | "matches" | "matches_not",
            string,
            (string | number)[],
            {
                case_sensitive?: boolean;
            }
        ] | [
            "and" | "or",
            components["schemas"]["Filter"][]
        ] | [
            "not" | "has_done" | "has_not_done",
            components["schemas"]["Filter"]
        ];
        Goal: {
            currency: string | null;
            /** @description Values that properties of the event have to have. */
            custom_props: {
                [key: string]: string;
            };
            event_name: string | null;
            /** @enum {string} */
            goal_type: "event" | "page" | "scroll";
            id: number;
            name: string;
            page_path: string | null;
            scroll_depth: number | null;
        };
        HeatMap: {
            anchored: number;
            bands?: Record<string, never>[];
            cell: number;
            cells: number[][];
            clicks: number;
            compare?: Record<string, never>;
            elements: {
                click_rate?: number | null;
                clicks: number;
                dead?: number;
                element: string;
                error?: number;
                exposed?: number | null;
                fixed: boolean;
                height: number;
                rage?: number;
                role: string;
                spots?: number[][];
                tag: string;
                views?: number;
                visitors?: number;
                width: number;
                x: number;
                y: number;
            }[];
            fold: number;
            gone: {
                clicks: number;
                element: string;
            }[];
            gone_clicks: number;
            height: number;
            kind: string;
            landmarks?: Record<string, never>[];
            layout: {
                samples: number;
                /** Format: date-time */
                since: string | null;
                versions: {
                    /** Format: date-time */
                    from: string;
                    samples: number;
                    /** Format: date-time */
                    to: string;
                }[];
                width: number;
            };
            least_visitors?: number;
            measured?: number;
            path: string;
            site: string;
            states: {
                clicks: number;
                element: string;
                id: number;
            }[];
            unanchored: number;
            views: number;
            width: number;
        };
        Invitation: {
            /** Format: date-time */
            created_at: string;
            email: string | null;
            /** Format: date-time */
            expires_at: string;
            id: number;
            /** @enum {string} */
            role: "viewer" | "editor" | "owner";
        };
        Key: {
            /** Format: date-time */
            created_at: string;
            id: number;
            last_used_at: string | null;
            made_by: string | null;
            name: string;
            prefix: string;
            scopes: ("stats" | "events" | "sites")[];
        };
        Live: {
            cities: {
                city: string;
                country: string;
                latitude: number | null;
                longitude: number | null;
                visitors: number;
            }[];
            countries: {
                country: string;
                visitors: number;
            }[];
            devices: {
                device: string;
                visitors: number;
            }[];
            live_feed: boolean;
            pages: {
                path: string;
                visitors: number;
            }[];
            sessions: components["schemas"]["LiveVisitor"][];
            sources: {
                source: string;
                visitors: number;
            }[];
            views_last_minute: number;
            visitors: number;
        };
        LiveVisitor: {
            before: string[];
            browser: string;
            city: string;
            country: string;
            device: string;
            os: string;
            pages: number;
            path: string;
            returning: boolean | null;
            /** Format: date-time */
            since: string;
            source: string;
        };
        Member: {
            admin: boolean;
            email: string;
            id: number;
            /** @enum {string} */
            role: "viewer" | "editor" | "owner";
        };
        /** @enum {string} */
        Metric: "visitors" | "visits" | "pageviews" | "views_per_visit" | "bounce_rate" | "visit_duration" | "events" | "scroll_depth" | "percentage" | "conversion_rate" | "group_conversion_rate" | "average_revenue" | "total_revenue" | "time_on_page" | "engaged_time" | "scroll_p50" | "scroll_p75" | "scroll_p90" | "clicks" | "rage_clicks" | "dead_clicks" | "lcp_p75" | "lcp_good" | "lcp_poor" | "inp_p75" | "inp_good" | "inp_poor" | "cls_p75" | "cls_good" | "cls_poor" | "fcp_p75" | "fcp_good" | "fcp_poor" | "ttfb_p75" | "ttfb_good" | "ttfb_poor" | "concurrent_peak";
        PageNode: {
            entries?: number;
            exits?: number;
            other: number;
            page: string;
            pages: components["schemas"]["PageNode"][];
            visits: number;
        };
        PlausibleGoal: {
            /** @description Values that properties of the event have to have. */
            custom_props: {
                [key: string]: string;
            };
            display_name: string;
            domain?: string;
            event_name: string | null;
            /** @enum {string} */
            goal_type: "event" | "page";
            id: number;
            page_path: string | null;
            scroll_threshold?: number;
        };
        /** @description Why a request failed, as RFC 9457 has it. */
        Problem: {
            /** @description A word for programs. */
            code: string;
            detail: string;
            errors?: {
                detail: string;
                pointer: string;
            }[];
            status: number;
            title: string;
            type: string;
        };
        PublicMoment: {
            countries: unknown[][];
            map: unknown[];
            minutes: number[];
            other_pages: number;
            pages: unknown[][];
            places: unknown[][];
            views_last_minute: number;
            visitors: number;
        };
        Query: {
            /** @description Visitors and visits may be estimated, which is faster at size. */
            approximate?: boolean;
            compare?: ("previous_period" | "year_over_year" | "custom") | {
                date_range?: components["schemas"]["DateRange"];
                match_day_of_week?: boolean;
                /** @enum {string} */
                mode?: "previous_period" | "year_over_year" | "custom";
            };
            /** @description `meta.cursor` of the page before. */
            cursor?: string;
            date_range: components["schemas"]["DateRange"];
            dimensions?: components["schemas"]["Dimension"][];
            explain?: boolean;
            /** @description Time buckets without data are told, with zeros. */
            fill?: boolean;
            filters?: components["schemas"]["Filter"][];
            /** @enum {string} */
            format?: "json" | "csv" | "ndjson";
            include?: {
                imports?: boolean;
                time_labels?: boolean;
                total_rows?: boolean;
            };
            /** @enum {string} */
            interval?: "minute" | "hour" | "day" | "week" | "month";
            metrics: components["schemas"]["Metric"][];
            order_by?: [
                string,
                "asc" | "desc"
            ][];
            pagination?: {
                /** @description At most 10000 in JSON. */
                limit?: number;
                offset?: number;
            };
            /** @enum {string} */
            rows?: "arrays" | "objects";
            site_id: string;
        };
        Report: {
            meta: {
                approximate?: boolean;
                cursor?: string;
                explain?: Record<string, never>[];
                imports_included?: boolean;
                /** @enum {string} */
                imports_skip_reason?: "no_imported_data" | "out_of_range" | "unsupported_query" | "unsupported_interval";
                imports_warning?: string;
                metric_warnings?: Record<string, never>;
                present_index?: number;
                /** @description Of what is estimated, as a share of the value. */
                standard_error?: number;
                time_labels?: string[];
                total_rows?: number;
            };
            /** @description The question as it was understood. */
            query: Record<string, never>;
            results: ({
                compare?: {
                    change: unknown[];
                    dimensions: unknown[];
                    metrics: unknown[];
                };
                dimensions: unknown[];
                metrics: unknown[];
            } | Record<string, never>)[];
        };
        Screenshot: {
            height: number;
            path: string;
            size_bytes: number;
            /** Format: date-time */
            uploaded_at: string;
            width: number;
        };
        Segment: {
            filters: components["schemas"]["Filter"][];
            id: number;
            name: string;
        };
        Settings: {
            counting_badge?: boolean;
            excluded_addresses?: string[];
            excluded_paths?: string[];
            heatmap_retention_days?: number;
            honour_privacy_signals?: boolean;
            hostnames?: string[];
            live_feed?: boolean;
            live_frame_ancestors?: string[];
            public_badge?: boolean;
            public_live?: boolean;
            public_map?: boolean;
            public_map_min_visitors?: number;
            retention_days?: number;
            seed_count?: number;
            seed_in_url?: boolean;
            shared_map_min_visitors?: number;
        };
        SharedLink: {
            /** Format: date-time */
            created_at: string;
            embed_url: string;
            expires_at: string | null;
            has_password: boolean;
            heatmaps: boolean;
            id: number;
            live_feed: boolean;
            name: string;
            url: string;
        };
        SignedIn: {
            /** @description By name of site; empty for administrators, who own every site. */
            roles: {
                [key: string]: "viewer" | "editor" | "owner";
            };
            user: {
                admin: boolean;
                email: string;
                id: number;
                language: ("en" | "bg") | null;
                theme: ("system" | "light" | "dark") | null;
                time_format: ("auto" | "12" | "24") | null;
            };
        };
        Site: {
            custom_properties?: string[];
            domain: string;
            live: number;
            settings: components["schemas"]["Settings"];
            timezone: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    post_beacon: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Beacon"];
                "text/plain": components["schemas"]["Beacon"];
            };
        };
        responses: {
            /** @description Kept, or left out for the reason in `X-Heatline-Dropped`. With `layout`, the page's layout is wanted. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        layout?: boolean;
                    };
                };
            };
        };
    };
    options_beacon: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It may. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_count_by_action_badge_svg: {
        parameters: {
            query: {
                /** @description The page. */
                url: string;
                /** @description The site, where the host of the page is another's. */
                site?: string;
                /** @description The text beside the number. */
                title?: string;
                /** @description The color of the number. */
                count_bg?: string;
            };
            header?: never;
            path: {
                /** @description The rest of the path. */
                action: "incr" | "keep";
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The counter. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/svg+xml": string;
                };
            };
            /** @description As before. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_docs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description As before. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_docs_viewer_css: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The style. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/css": string;
                };
            };
            /** @description As before. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_docs_viewer_js: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The script. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/javascript": string;
                };
            };
            /** @description As before. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    post_event: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    domain?: string;
                    name?: string;
                    /** @description An object of texts and numbers. */
                    props?: unknown;
                    referrer?: string | null;
                    /** @description `currency` and `amount`; what is no money is left out. */
                    revenue?: unknown;
                    url?: string;
                } & {
                    [key: string]: unknown;
                };
                "text/plain": {
                    domain?: string;
                    name?: string;
                    /** @description An object of texts and numbers. */
                    props?: unknown;
                    referrer?: string | null;
                    /** @description `currency` and `amount`; what is no money is left out. */
                    revenue?: unknown;
                    url?: string;
                } & {
                    [key: string]: unknown;
                };
            };
        };
        responses: {
            /** @description With `X-Debug-Request: true`: the visitor's address. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        ip: string;
                    };
                };
            };
            /** @description Kept, or left out: then `x-plausible-dropped` is 1. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    options_event: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It may. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All parts answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        clickhouse: "ok" | "error";
                        /** @enum {string} */
                        postgres: "ok" | "error";
                        /** @enum {string} */
                        sites_cache: "ok" | "error";
                    };
                };
            };
        };
    };
    get_openapi_json: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OpenAPI 3.1. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        openapi: string;
                    };
                };
            };
            /** @description As before. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_account: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
        };
    };
    patch_account: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    language?: ("en" | "bg") | null;
                    theme?: ("system" | "light" | "dark") | null;
                    time_format?: ("auto" | "12" | "24") | null;
                };
            };
        };
        responses: {
            /** @description The account. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
        };
    };
    put_account_password: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: password */
                    old_password: string;
                    /** Format: password */
                    password: string;
                };
            };
        };
        responses: {
            /** @description The user; a cookie is set. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
        };
    };
    get_account_sessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The sessions, the last used first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        sessions: {
                            browser: string;
                            /** Format: date-time */
                            created_at: string;
                            current: boolean;
                            id: string;
                            /** Format: date-time */
                            last_seen_at: string;
                            os: string;
                        }[];
                    };
                };
            };
        };
    };
    delete_account_sessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Only this one is signed in. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    delete_account_sessions_by_session: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description What it is called in the list. */
                session: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is signed out. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    post_invitation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description What stands after the # of the link. */
                    token: string;
                };
            };
        };
        responses: {
            /** @description The site, and what the invited will be there. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        email: string | null;
                        /** Format: date-time */
                        expires_at: string;
                        /** @enum {string} */
                        role: "viewer" | "editor" | "owner";
                        site: string;
                    };
                };
            };
        };
    };
    post_invitation_accept: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    account?: {
                        email: string;
                        /** Format: password */
                        password: string;
                    } | null;
                    /** @description What stands after the # of the link. */
                    token: string;
                };
            };
        };
        responses: {
            /** @description The site. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        site: string;
                    };
                };
            };
            /** @description The new user; a cookie is set. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
        };
    };
    get_session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The user. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
        };
    };
    post_session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    email: string;
                    /** Format: password */
                    password: string;
                };
            };
        };
        responses: {
            /** @description The user; a cookie is set. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
        };
    };
    delete_session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Nobody is signed in any more. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_setup: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Whether it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        needed: boolean;
                    };
                };
            };
        };
    };
    post_setup: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    email: string;
                    /** Format: password */
                    password: string;
                    token: string;
                };
            };
        };
        responses: {
            /** @description The user; a cookie is set. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
        };
    };
    get_share: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What it shows. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        custom_properties?: string[];
                        domain?: string;
                        expires_at?: string | null;
                        heatmaps?: boolean;
                        live_feed?: boolean;
                        needs_password: boolean;
                        timezone?: string;
                    };
                };
            };
        };
    };
    post_share: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: password */
                    password: string;
                };
            };
        };
        responses: {
            /** @description The pass. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        expires_at: string;
                        pass: string;
                    };
                };
            };
        };
    };
    get_sites: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Those that the caller may see, by name. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        meta: {
                            after: string | null;
                            before: string | null;
                            limit: number;
                        };
                        sites: components["schemas"]["Site"][];
                    };
                };
            };
        };
    };
    post_sites: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    domain: string;
                    settings?: components["schemas"]["Settings"] | null;
                    timezone?: string | null;
                };
            };
        };
        responses: {
            /** @description The site. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Site"];
                };
            };
        };
    };
    get_sites_custom_props: {
        parameters: {
            query: {
                /** @description The site's name. */
                site_id: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The properties. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        custom_properties: {
                            property: string;
                        }[];
                    };
                };
            };
        };
    };
    put_sites_custom_props: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    property: string | number;
                    site_id: string | number;
                } & {
                    [key: string]: unknown;
                };
                "application/x-www-form-urlencoded": {
                    property: string | number;
                    site_id: string | number;
                } & {
                    [key: string]: unknown;
                };
            };
        };
        responses: {
            /** @description It is on the list. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        created: boolean;
                    };
                };
            };
        };
    };
    delete_sites_custom_props_by_property: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The property's name. */
                property: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    site_id: string | number;
                } & {
                    [key: string]: unknown;
                };
                "application/x-www-form-urlencoded": {
                    site_id: string | number;
                } & {
                    [key: string]: unknown;
                };
            };
        };
        responses: {
            /** @description It is not on the list. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        deleted: boolean;
                    };
                };
            };
        };
    };
    get_sites_goals: {
        parameters: {
            query: {
                /** @description The site's name. */
                site_id: string;
                /** @description Most goals; 100 if it is not said. */
                limit?: number;
                /** @description `meta.after` of the page before. */
                after?: number;
                /** @description `meta.before` of the page after. */
                before?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The goals, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        goals: components["schemas"]["PlausibleGoal"][];
                        meta: {
                            after: string | null;
                            before: string | null;
                            limit: number;
                        };
                    };
                };
            };
        };
    };
    put_sites_goals: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    currency?: (string | number) | null;
                    /** @description Values that properties of the event have to have. */
                    custom_props?: {
                        [key: string]: string;
                    };
                    display_name?: (string | number) | null;
                    /** @description A text, where `goal_type` is `event`. */
                    event_name?: unknown;
                    /** @enum {string} */
                    goal_type: "event" | "page";
                    /** @description A text, where `goal_type` is `page`. */
                    page_path?: unknown;
                    scroll_threshold?: (string | number) | null;
                    site_id: string | number;
                } & {
                    [key: string]: unknown;
                };
                "application/x-www-form-urlencoded": {
                    currency?: (string | number) | null;
                    /** @description Values that properties of the event have to have. */
                    custom_props?: {
                        [key: string]: string;
                    };
                    display_name?: (string | number) | null;
                    /** @description A text, where `goal_type` is `event`. */
                    event_name?: unknown;
                    /** @enum {string} */
                    goal_type: "event" | "page";
                    /** @description A text, where `goal_type` is `page`. */
                    page_path?: unknown;
                    scroll_threshold?: (string | number) | null;
                    site_id: string | number;
                } & {
                    [key: string]: unknown;
                };
            };
        };
        responses: {
            /** @description The goal. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlausibleGoal"];
                };
            };
        };
    };
    delete_sites_goals_by_goal_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The number of it. */
                goal_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    site_id: string | number;
                } & {
                    [key: string]: unknown;
                };
                "application/x-www-form-urlencoded": {
                    site_id: string | number;
                } & {
                    [key: string]: unknown;
                };
            };
        };
        responses: {
            /** @description It is gone. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        deleted: boolean;
                    };
                };
            };
        };
    };
    put_sites_shared_links: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string | number;
                    site_id: string | number;
                } & {
                    [key: string]: unknown;
                };
                "application/x-www-form-urlencoded": {
                    name: string | number;
                    site_id: string | number;
                } & {
                    [key: string]: unknown;
                };
            };
        };
        responses: {
            /** @description The link. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        url: string;
                    };
                };
            };
        };
    };
    get_sites_by_site: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The site. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Site"];
                };
            };
        };
    };
    delete_sites_by_site: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        deleted: boolean;
                    };
                };
            };
        };
    };
    patch_sites_by_site: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    settings?: components["schemas"]["Settings"];
                    timezone?: string | null;
                };
            };
        };
        responses: {
            /** @description The site. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Site"];
                };
            };
        };
    };
    get_sites_by_site_annotations: {
        parameters: {
            query?: {
                /** @description Only those of these days. */
                date_range?: string;
            };
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The annotations, oldest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        annotations: components["schemas"]["Annotation"][];
                    };
                };
            };
        };
    };
    post_sites_by_site_annotations: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description A day, or a moment. */
                    at: string;
                    text: string;
                };
            };
        };
        responses: {
            /** @description The annotation. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Annotation"];
                };
            };
        };
    };
    delete_sites_by_site_annotations_by_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
                /** @description The number of it. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    patch_sites_by_site_annotations_by_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
                /** @description The number of it. */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    at?: string | null;
                    text?: string | null;
                };
            };
        };
        responses: {
            /** @description The annotation. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Annotation"];
                };
            };
        };
    };
    delete_sites_by_site_data: {
        parameters: {
            query?: {
                /** @description Only rows of this path. */
                path?: string;
                /** @description The first local day. */
                from?: string;
                /** @description The last local day. */
                to?: string;
                /** @description `true`: everything. */
                all?: boolean;
            };
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        done: boolean;
                        rows_left?: {
                            [key: string]: number;
                        };
                        waits_for?: string;
                    };
                };
            };
            /** @description It is on its way. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        done: boolean;
                        rows_left?: {
                            [key: string]: number;
                        };
                        waits_for?: string;
                    };
                };
            };
        };
    };
    get_sites_by_site_elements: {
        parameters: {
            query?: {
                /** @description The page; either this or `path_pattern`. */
                path?: string;
                /** @description Pages of one template, as if they were one: `/blog/*`. */
                path_pattern?: string;
                /** @description Which days. */
                date_range?: string;
                /** @description What is shown. */
                kind?: "click" | "rage" | "dead" | "error" | "move" | "scroll" | "attention" | "element";
                /** @description Width of the page, in CSS pixels; 1280 if it is not said. */
                width?: number;
                /** @description Only views of windows so wide: `320-480`. */
                widths?: string;
                /** @description Only views on such devices. */
                device?: "desktop" | "tablet" | "mobile";
                /** @description Only visits that meet these. */
                filters?: string;
                /** @description `any`, `base`, or the number of a state of the page. */
                state?: string;
                /** @description `latest`, or the day whose layout is drawn on. */
                layout?: string;
                /** @description `previous_period`, `year_over_year`, or two days. */
                compare?: string;
                /** @description The other segment of a comparison. */
                compare_filters?: string;
                /** @description The colours. */
                palette?: "heat" | "viridis" | "ice" | "night";
                /** @description What lies behind. */
                underlay?: "layout" | "screenshot" | "none";
                /** @description Whether there is a legend. */
                legend?: "true" | "false";
                /** @description Radius of a click, in CSS pixels. */
                radius?: number;
                /** @description What the hottest colour stands for. */
                normalise?: "p99" | "max" | "per_view";
                /** @description Picture pixels per CSS pixel. */
                scale?: number;
                /** @description What the frames of a moving map stand for. */
                frames?: "hours" | "load";
                /** @description Whether elements list the places of their clicks. */
                spots?: "true" | "false";
            };
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The ledger of the page's elements. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        elements: Record<string, never>[];
                        path: string;
                        views: number;
                    };
                };
            };
        };
    };
    post_sites_by_site_events: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": ({
                    id?: string;
                    ip?: string;
                    name: string;
                    props?: {
                        [key: string]: string | number | boolean;
                    };
                    referrer?: string;
                    revenue?: {
                        amount: number | string;
                        currency: string;
                    };
                    /** Format: date-time */
                    timestamp: string;
                    url: string;
                    user_agent?: string;
                    visitor?: string;
                } | unknown)[] | unknown;
            };
        };
        responses: {
            /** @description What became of the rows. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        accepted: number;
                        dropped: number;
                        drops: {
                            [key: string]: number;
                        };
                        errors: {
                            detail: string;
                            pointer: string;
                            row: number;
                        }[];
                        rejected: number;
                    };
                };
            };
        };
    };
    get_sites_by_site_export: {
        parameters: {
            query?: {
                /** @description Which rows; `events` where nothing is said. */
                table?: "events" | "clicks" | "moves" | "scrolls" | "layouts" | "all";
                /** @description The first local day. */
                from?: string;
                /** @description The last local day. */
                to?: string;
                /** @description `ndjson` where nothing is said. */
                format?: "ndjson" | "csv";
                /** @description Where the last export ended. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The rows. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": string;
                    "text/csv": string;
                };
            };
        };
    };
    post_sites_by_site_funnel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    by?: ("visit" | "visitor") | null;
                    date_range: components["schemas"]["DateRange"];
                    dimension?: components["schemas"]["Dimension"] | null;
                    explain?: boolean | null;
                    filters?: components["schemas"]["Filter"][] | null;
                    limit?: number | null;
                    order?: ("loose" | "strict") | null;
                    steps: ({
                        event?: string | null;
                        filters?: components["schemas"]["Filter"][] | null;
                        goal?: string | null;
                        name?: string | null;
                        page?: string | null;
                        props?: {
                            [key: string]: string;
                        } | null;
                    } | components["schemas"]["Filter"][])[];
                    window?: string | null;
                };
                "text/plain": {
                    by?: ("visit" | "visitor") | null;
                    date_range: components["schemas"]["DateRange"];
                    dimension?: components["schemas"]["Dimension"] | null;
                    explain?: boolean | null;
                    filters?: components["schemas"]["Filter"][] | null;
                    limit?: number | null;
                    order?: ("loose" | "strict") | null;
                    steps: ({
                        event?: string | null;
                        filters?: components["schemas"]["Filter"][] | null;
                        goal?: string | null;
                        name?: string | null;
                        page?: string | null;
                        props?: {
                            [key: string]: string;
                        } | null;
                    } | components["schemas"]["Filter"][])[];
                    window?: string | null;
                };
            };
        };
        responses: {
            /** @description The funnel. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        breakdown?: {
                            steps: {
                                conversion_rate: number | null;
                                drop_rate: number | null;
                                dropped: number | null;
                                median_seconds: number | null;
                                name: string;
                                step_rate: number | null;
                                visitors: number;
                                visits: number;
                            }[];
                            value: string;
                        }[];
                        meta: Record<string, never>;
                        query: Record<string, never>;
                        steps: {
                            conversion_rate: number | null;
                            drop_rate: number | null;
                            dropped: number | null;
                            median_seconds: number | null;
                            name: string;
                            step_rate: number | null;
                            visitors: number;
                            visits: number;
                        }[];
                    };
                };
            };
        };
    };
    get_sites_by_site_goals: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The goals by name. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        goals: components["schemas"]["Goal"][];
                    };
                };
            };
        };
    };
    post_sites_by_site_goals: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    currency?: string | null;
                    /** @description Values that properties of the event have to have. */
                    custom_props?: {
                        [key: string]: string;
                    };
                    event_name?: string | null;
                    name?: string | null;
                    page_path?: string | null;
                    scroll_depth?: number | null;
                };
            };
        };
        responses: {
            /** @description The site has it already. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Goal"];
                };
            };
            /** @description A new goal. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Goal"];
                };
            };
        };
    };
    delete_sites_by_site_goals_by_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
                /** @description The number of it. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    patch_sites_by_site_goals_by_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
                /** @description The number of it. */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    currency?: string | null;
                    name?: string | null;
                };
            };
        };
        responses: {
            /** @description The goal. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Goal"];
                };
            };
        };
    };
    get_sites_by_site_heatmap_gif: {
        parameters: {
            query?: {
                /** @description The page; either this or `path_pattern`. */
                path?: string;
                /** @description Pages of one template, as if they were one: `/blog/*`. */
                path_pattern?: string;
                /** @description Which days. */
                date_range?: string;
                /** @description What is shown. */
                kind?: "click" | "rage" | "dead" | "error" | "move" | "scroll" | "attention" | "element";
                /** @description Width of the page, in CSS pixels; 1280 if it is not said. */
                width?: number;
                /** @description Only views of windows so wide: `320-480`. */
                widths?: string;
                /** @description Only views on such devices. */
                device?: "desktop" | "tablet" | "mobile";
                /** @description Only visits that meet these. */
                filters?: string;
                /** @description `any`, `base`, or the number of a state of the page. */
                state?: string;
                /** @description `latest`, or the day whose layout is drawn on. */
                layout?: string;
                /** @description `previous_period`, `year_over_year`, or two days. */
                compare?: string;
                /** @description The other segment of a comparison. */
                compare_filters?: string;
                /** @description The colours. */
                palette?: "heat" | "viridis" | "ice" | "night";
                /** @description What lies behind. */
                underlay?: "layout" | "screenshot" | "none";
                /** @description Whether there is a legend. */
                legend?: "true" | "false";
                /** @description Radius of a click, in CSS pixels. */
                radius?: number;
                /** @description What the hottest colour stands for. */
                normalise?: "p99" | "max" | "per_view";
                /** @description Picture pixels per CSS pixel. */
                scale?: number;
                /** @description What the frames of a moving map stand for. */
                frames?: "hours" | "load";
                /** @description Whether elements list the places of their clicks. */
                spots?: "true" | "false";
            };
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/gif": string;
                };
            };
            /** @description As before. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_sites_by_site_heatmap_json: {
        parameters: {
            query?: {
                /** @description The page; either this or `path_pattern`. */
                path?: string;
                /** @description Pages of one template, as if they were one: `/blog/*`. */
                path_pattern?: string;
                /** @description Which days. */
                date_range?: string;
                /** @description What is shown. */
                kind?: "click" | "rage" | "dead" | "error" | "move" | "scroll" | "attention" | "element";
                /** @description Width of the page, in CSS pixels; 1280 if it is not said. */
                width?: number;
                /** @description Only views of windows so wide: `320-480`. */
                widths?: string;
                /** @description Only views on such devices. */
                device?: "desktop" | "tablet" | "mobile";
                /** @description Only visits that meet these. */
                filters?: string;
                /** @description `any`, `base`, or the number of a state of the page. */
                state?: string;
                /** @description `latest`, or the day whose layout is drawn on. */
                layout?: string;
                /** @description `previous_period`, `year_over_year`, or two days. */
                compare?: string;
                /** @description The other segment of a comparison. */
                compare_filters?: string;
                /** @description The colours. */
                palette?: "heat" | "viridis" | "ice" | "night";
                /** @description What lies behind. */
                underlay?: "layout" | "screenshot" | "none";
                /** @description Whether there is a legend. */
                legend?: "true" | "false";
                /** @description Radius of a click, in CSS pixels. */
                radius?: number;
                /** @description What the hottest colour stands for. */
                normalise?: "p99" | "max" | "per_view";
                /** @description Picture pixels per CSS pixel. */
                scale?: number;
                /** @description What the frames of a moving map stand for. */
                frames?: "hours" | "load";
                /** @description Whether elements list the places of their clicks. */
                spots?: "true" | "false";
            };
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the picture is drawn from. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HeatMap"];
                };
            };
            /** @description As before. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_sites_by_site_heatmap_png: {
        parameters: {
            query?: {
                /** @description The page; either this or `path_pattern`. */
                path?: string;
                /** @description Pages of one template, as if they were one: `/blog/*`. */
                path_pattern?: string;
                /** @description Which days. */
                date_range?: string;
                /** @description What is shown. */
                kind?: "click" | "rage" | "dead" | "error" | "move" | "scroll" | "attention" | "element";
                /** @description Width of the page, in CSS pixels; 1280 if it is not said. */
                width?: number;
                /** @description Only views of windows so wide: `320-480`. */
                widths?: string;
                /** @description Only views on such devices. */
                device?: "desktop" | "tablet" | "mobile";
                /** @description Only visits that meet these. */
                filters?: string;
                /** @description `any`, `base`, or the number of a state of the page. */
                state?: string;
                /** @description `latest`, or the day whose layout is drawn on. */
                layout?: string;
                /** @description `previous_period`, `year_over_year`, or two days. */
                compare?: string;
                /** @description The other segment of a comparison. */
                compare_filters?: string;
                /** @description The colours. */
                palette?: "heat" | "viridis" | "ice" | "night";
                /** @description What lies behind. */
                underlay?: "layout" | "screenshot" | "none";
                /** @description Whether there is a legend. */
                legend?: "true" | "false";
                /** @description Radius of a click, in CSS pixels. */
                radius?: number;
                /** @description What the hottest colour stands for. */
                normalise?: "p99" | "max" | "per_view";
                /** @description Picture pixels per CSS pixel. */
                scale?: number;
                /** @description What the frames of a moving map stand for. */
                frames?: "hours" | "load";
                /** @description Whether elements list the places of their clicks. */
                spots?: "true" | "false";
            };
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/png": string;
                };
            };
            /** @description As before. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_sites_by_site_heatmap_svg: {
        parameters: {
            query?: {
                /** @description The page; either this or `path_pattern`. */
                path?: string;
                /** @description Pages of one template, as if they were one: `/blog/*`. */
                path_pattern?: string;
                /** @description Which days. */
                date_range?: string;
                /** @description What is shown. */
                kind?: "click" | "rage" | "dead" | "error" | "move" | "scroll" | "attention" | "element";
                /** @description Width of the page, in CSS pixels; 1280 if it is not said. */
                width?: number;
                /** @description Only views of windows so wide: `320-480`. */
                widths?: string;
                /** @description Only views on such devices. */
                device?: "desktop" | "tablet" | "mobile";
                /** @description Only visits that meet these. */
                filters?: string;
                /** @description `any`, `base`, or the number of a state of the page. */
                state?: string;
                /** @description `latest`, or the day whose layout is drawn on. */
                layout?: string;
                /** @description `previous_period`, `year_over_year`, or two days. */
                compare?: string;
                /** @description The other segment of a comparison. */
                compare_filters?: string;
                /** @description The colours. */
                palette?: "heat" | "viridis" | "ice" | "night";
                /** @description What lies behind. */
                underlay?: "layout" | "screenshot" | "none";
                /** @description Whether there is a legend. */
                legend?: "true" | "false";
                /** @description Radius of a click, in CSS pixels. */
                radius?: number;
                /** @description What the hottest colour stands for. */
                normalise?: "p99" | "max" | "per_view";
                /** @description Picture pixels per CSS pixel. */
                scale?: number;
                /** @description What the frames of a moving map stand for. */
                frames?: "hours" | "load";
                /** @description Whether elements list the places of their clicks. */
                spots?: "true" | "false";
            };
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/svg+xml": string;
                };
            };
            /** @description As before. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_sites_by_site_heatmap_webp: {
        parameters: {
            query?: {
                /** @description The page; either this or `path_pattern`. */
                path?: string;
                /** @description Pages of one template, as if they were one: `/blog/*`. */
                path_pattern?: string;
                /** @description Which days. */
                date_range?: string;
                /** @description What is shown. */
                kind?: "click" | "rage" | "dead" | "error" | "move" | "scroll" | "attention" | "element";
                /** @description Width of the page, in CSS pixels; 1280 if it is not said. */
                width?: number;
                /** @description Only views of windows so wide: `320-480`. */
                widths?: string;
                /** @description Only views on such devices. */
                device?: "desktop" | "tablet" | "mobile";
                /** @description Only visits that meet these. */
                filters?: string;
                /** @description `any`, `base`, or the number of a state of the page. */
                state?: string;
                /** @description `latest`, or the day whose layout is drawn on. */
                layout?: string;
                /** @description `previous_period`, `year_over_year`, or two days. */
                compare?: string;
                /** @description The other segment of a comparison. */
                compare_filters?: string;
                /** @description The colours. */
                palette?: "heat" | "viridis" | "ice" | "night";
                /** @description What lies behind. */
                underlay?: "layout" | "screenshot" | "none";
                /** @description Whether there is a legend. */
                legend?: "true" | "false";
                /** @description Radius of a click, in CSS pixels. */
                radius?: number;
                /** @description What the hottest colour stands for. */
                normalise?: "p99" | "max" | "per_view";
                /** @description Picture pixels per CSS pixel. */
                scale?: number;
                /** @description What the frames of a moving map stand for. */
                frames?: "hours" | "load";
                /** @description Whether elements list the places of their clicks. */
                spots?: "true" | "false";
            };
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/webp": string;
                };
            };
            /** @description As before. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    post_sites_by_site_heatmap_overlay: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    hostname?: string | null;
                    path: string;
                };
            };
        };
        responses: {
            /** @description The address of the page, for an hour. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        expires_at: string;
                        token: string;
                        url: string;
                    };
                };
            };
        };
    };
    post_sites_by_site_heatmap_sign: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    expires_in_days?: number;
                    /** @enum {string} */
                    format?: "png" | "webp" | "svg" | "gif" | "json";
                    parameters: {
                        [key: string]: string | number | boolean | unknown[];
                    };
                };
            };
        };
        responses: {
            /** @description The link. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        expires_at: string;
                        url: string;
                    };
                };
            };
        };
    };
    delete_sites_by_site_heatmap_sign: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No link opens anything any more. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_sites_by_site_heatmap_stream: {
        parameters: {
            query?: {
                /** @description The page; either this or `path_pattern`. */
                path?: string;
                /** @description Pages of one template, as if they were one: `/blog/*`. */
                path_pattern?: string;
                /** @description Which days. */
                date_range?: string;
                /** @description What is shown. */
                kind?: "click" | "rage" | "dead" | "error" | "move" | "scroll" | "attention" | "element";
                /** @description Width of the page, in CSS pixels; 1280 if it is not said. */
                width?: number;
                /** @description Only views of windows so wide: `320-480`. */
                widths?: string;
                /** @description Only views on such devices. */
                device?: "desktop" | "tablet" | "mobile";
                /** @description Only visits that meet these. */
                filters?: string;
                /** @description `any`, `base`, or the number of a state of the page. */
                state?: string;
                /** @description `latest`, or the day whose layout is drawn on. */
                layout?: string;
                /** @description `previous_period`, `year_over_year`, or two days. */
                compare?: string;
                /** @description The other segment of a comparison. */
                compare_filters?: string;
                /** @description The colours. */
                palette?: "heat" | "viridis" | "ice" | "night";
                /** @description What lies behind. */
                underlay?: "layout" | "screenshot" | "none";
                /** @description Whether there is a legend. */
                legend?: "true" | "false";
                /** @description Radius of a click, in CSS pixels. */
                radius?: number;
                /** @description What the hottest colour stands for. */
                normalise?: "p99" | "max" | "per_view";
                /** @description Picture pixels per CSS pixel. */
                scale?: number;
                /** @description What the frames of a moving map stand for. */
                frames?: "hours" | "load";
                /** @description Whether elements list the places of their clicks. */
                spots?: "true" | "false";
            };
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The events. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
        };
    };
    post_sites_by_site_import: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": unknown;
            };
        };
        responses: {
            /** @description What became of the rows. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        errors: string[];
                        known: number;
                        promised: number | null;
                        rejected: number;
                        robots: number;
                        stored: number;
                    };
                };
            };
        };
    };
    post_sites_by_site_invitations: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    email?: string | null;
                    expires_in_days?: number | null;
                    /** @enum {string} */
                    role: "viewer" | "editor" | "owner";
                };
            };
        };
        responses: {
            /** @description The invitation with its link, which is shown this once. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        created_at: string;
                        email: string | null;
                        /** Format: date-time */
                        expires_at: string;
                        id: number;
                        /** @enum {string} */
                        role: "viewer" | "editor" | "owner";
                        url: string;
                    };
                };
            };
        };
    };
    delete_sites_by_site_invitations_by_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
                /** @description The number of it. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its link opens nothing any more. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    post_sites_by_site_journeys: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    date_range: components["schemas"]["DateRange"];
                    direction?: ("before" | "after" | "both") | null;
                    event?: string | null;
                    explain?: boolean | null;
                    filters?: components["schemas"]["Filter"][] | null;
                    goal?: string | null;
                    limit?: number | null;
                    page?: string | null;
                    props?: {
                        [key: string]: string;
                    } | null;
                    steps?: number | null;
                };
                "text/plain": {
                    date_range: components["schemas"]["DateRange"];
                    direction?: ("before" | "after" | "both") | null;
                    event?: string | null;
                    explain?: boolean | null;
                    filters?: components["schemas"]["Filter"][] | null;
                    goal?: string | null;
                    limit?: number | null;
                    page?: string | null;
                    props?: {
                        [key: string]: string;
                    } | null;
                    steps?: number | null;
                };
            };
        };
        responses: {
            /** @description The tree of paths. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        after?: {
                            entries?: number;
                            exits?: number;
                            other: number;
                            pages: components["schemas"]["PageNode"][];
                        };
                        before?: {
                            entries?: number;
                            exits?: number;
                            other: number;
                            pages: components["schemas"]["PageNode"][];
                        };
                        meta: Record<string, never>;
                        query: Record<string, never>;
                        visits: number;
                    };
                };
            };
        };
    };
    get_sites_by_site_keys: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The keys, oldest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        keys: components["schemas"]["Key"][];
                    };
                };
            };
        };
    };
    post_sites_by_site_keys: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    scopes: ("stats" | "events" | "sites")[];
                };
            };
        };
        responses: {
            /** @description The key in plain text, which is shown this once. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        created_at: string;
                        id: number;
                        key: string;
                        last_used_at: string | null;
                        made_by: string | null;
                        name: string;
                        prefix: string;
                        scopes: ("stats" | "events" | "sites")[];
                    };
                };
            };
        };
    };
    delete_sites_by_site_keys_by_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
                /** @description The number of it. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It opens nothing any more. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_sites_by_site_live: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The moment. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Live"];
                };
            };
        };
    };
    get_sites_by_site_live_events: {
        parameters: {
            query?: {
                /** @description Filters as in reports, of what is known now. */
                filters?: string;
            };
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The events. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
        };
    };
    get_sites_by_site_live_history: {
        parameters: {
            query?: {
                /** @description As in reports, as a text; `24h` where it is not said. */
                date_range?: string;
            };
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The history. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        from: string;
                        now: {
                            /** Format: date-time */
                            at: string;
                            visitors: number;
                            week_ago: number;
                        };
                        peak: {
                            /** Format: date-time */
                            at: string;
                            visitors: number;
                        } | null;
                        points: {
                            /** Format: date-time */
                            at: string;
                            peak: number;
                            visitors: number;
                            week_ago: number;
                        }[];
                        step_seconds: number;
                        /** Format: date-time */
                        to: string;
                    };
                };
            };
        };
    };
    get_sites_by_site_live_stream: {
        parameters: {
            query?: {
                /** @description A part of the document. */
                only?: "totals" | "sessions";
                /** @description A page; up to 20 of them. */
                path?: string;
            };
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The events. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
        };
    };
    get_sites_by_site_live_visitors: {
        parameters: {
            query?: {
                /** @description How many are listed; 50 where it is not said. */
                limit?: number;
                /** @description Filters as in reports, of what is known of somebody who is here. */
                filters?: string;
            };
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The visitors. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        live_feed: boolean;
                        sessions: {
                            before: string[];
                            browser: string;
                            city: string;
                            country: string;
                            device: string;
                            os: string;
                            pages: number;
                            path: string;
                            returning: boolean | null;
                            seconds: number;
                            /** Format: date-time */
                            since: string;
                            source: string;
                        }[];
                        visitors: number;
                    };
                };
            };
        };
    };
    get_sites_by_site_outcomes: {
        parameters: {
            query?: {
                /** @description Which days; `day` is today. */
                date_range?: string;
            };
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The outcomes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        accepted: number;
                        date_range: string[];
                        dropped: {
                            events: number;
                            reason: string;
                        }[];
                        /** @enum {string} */
                        interval: "hour" | "day";
                        overflow: {
                            events: number;
                            kind: string;
                        }[];
                        refused: {
                            events: number;
                            reason: string;
                        }[];
                        series: {
                            accepted: number;
                            dropped: {
                                [key: string]: number;
                            };
                            refused: {
                                [key: string]: number;
                            };
                            /** Format: date-time */
                            time: string;
                        }[];
                        site: string;
                    };
                };
            };
        };
    };
    get_sites_by_site_pages: {
        parameters: {
            query?: {
                /** @description Which days. */
                date_range?: string;
                /** @description A part of the path. */
                search?: string;
                /** @description Most pages. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The pages, most viewed first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        pages: {
                            clicks: number;
                            dead: number;
                            path: string;
                            rage: number;
                            views: number;
                            widths: number[];
                        }[];
                    };
                };
            };
        };
    };
    get_sites_by_site_people: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Members by e-mail address, and open invitations. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        invitations: components["schemas"]["Invitation"][];
                        members: components["schemas"]["Member"][];
                    };
                };
            };
        };
    };
    delete_sites_by_site_people_by_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
                /** @description The number of it. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description They are gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    patch_sites_by_site_people_by_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
                /** @description The number of it. */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    role: "viewer" | "editor" | "owner";
                };
            };
        };
        responses: {
            /** @description They have it. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_sites_by_site_props: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The list. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        props: string[];
                    };
                };
            };
        };
    };
    put_sites_by_site_props: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    props: string[];
                };
            };
        };
        responses: {
            /** @description The list. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        props: string[];
                    };
                };
            };
        };
    };
    delete_sites_by_site_props_by_prop: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
                /** @description The property's name. */
                prop: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is not on the list, whether it was or not. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    post_sites_by_site_retention: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    by: string;
                    date_range: components["schemas"]["DateRange"];
                    explain?: boolean | null;
                    first?: components["schemas"]["Filter"][] | null;
                    first_since?: ("ever" | "range") | null;
                    interval?: ("day" | "week" | "month") | null;
                    periods?: number | null;
                    return?: components["schemas"]["Filter"][] | null;
                };
                "text/plain": {
                    by: string;
                    date_range: components["schemas"]["DateRange"];
                    explain?: boolean | null;
                    first?: components["schemas"]["Filter"][] | null;
                    first_since?: ("ever" | "range") | null;
                    interval?: ("day" | "week" | "month") | null;
                    periods?: number | null;
                    return?: components["schemas"]["Filter"][] | null;
                };
            };
        };
        responses: {
            /** @description The cohorts. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        cohorts: {
                            label: string;
                            rates: number[];
                            returned: number[];
                            size: number;
                        }[];
                        meta: Record<string, never>;
                        overall: {
                            label: string;
                            rates: number[];
                            returned: number[];
                            size: number;
                        };
                        query: Record<string, never>;
                    };
                };
            };
        };
    };
    get_sites_by_site_screenshot: {
        parameters: {
            query: {
                /** @description The path of the page. */
                path: string;
                /** @description The width of the window, in CSS pixels. */
                width: number;
            };
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": string;
                    "image/png": string;
                    "image/webp": string;
                };
            };
            /** @description As before. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    put_sites_by_site_screenshot: {
        parameters: {
            query: {
                /** @description The path of the page. */
                path: string;
                /** @description The width of the window, in CSS pixels. */
                width: number;
            };
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "image/jpeg": string;
                "image/png": string;
                "image/webp": string;
            };
        };
        responses: {
            /** @description In place of the one before. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Screenshot"];
                };
            };
            /** @description The first of this page and width. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Screenshot"];
                };
            };
        };
    };
    delete_sites_by_site_screenshot: {
        parameters: {
            query: {
                /** @description The path of the page. */
                path: string;
                /** @description The width of the window, in CSS pixels. */
                width: number;
            };
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description There is none, whether there was or not. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_sites_by_site_screenshots: {
        parameters: {
            query?: {
                /** @description Only those of this page. */
                path?: string;
            };
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The screenshots. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        screenshots: components["schemas"]["Screenshot"][];
                    };
                };
            };
        };
    };
    get_sites_by_site_segments: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The segments by name. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        segments: components["schemas"]["Segment"][];
                    };
                };
            };
        };
    };
    post_sites_by_site_segments: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    filters: components["schemas"]["Filter"][];
                    name: string;
                };
            };
        };
        responses: {
            /** @description The segment. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Segment"];
                };
            };
        };
    };
    get_sites_by_site_segments_by_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
                /** @description The number of it. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The segment. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Segment"];
                };
            };
        };
    };
    delete_sites_by_site_segments_by_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
                /** @description The number of it. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    patch_sites_by_site_segments_by_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
                /** @description The number of it. */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    filters?: components["schemas"]["Filter"][] | null;
                    name?: string | null;
                };
            };
        };
        responses: {
            /** @description The segment. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Segment"];
                };
            };
        };
    };
    get_sites_by_site_shared_links: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The links by name. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        shared_links: components["schemas"]["SharedLink"][];
                    };
                };
            };
        };
    };
    post_sites_by_site_shared_links: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description None: it has no end. */
                    expires_in_days?: number | null;
                    heatmaps?: boolean;
                    live_feed?: boolean;
                    name: string;
                    /**
                     * Format: password
                     * @description At least ten characters.
                     */
                    password?: string | null;
                };
            };
        };
        responses: {
            /** @description The link. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SharedLink"];
                };
            };
        };
    };
    delete_sites_by_site_shared_links_by_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
                /** @description The number of it. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It opens nothing any more. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    patch_sites_by_site_shared_links_by_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
                /** @description The number of it. */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description None: it has no end. */
                    expires_in_days?: number | null;
                    heatmaps?: boolean | null;
                    live_feed?: boolean | null;
                    name?: string | null;
                    /**
                     * Format: password
                     * @description At least ten characters.
                     */
                    password?: string | null;
                };
            };
        };
        responses: {
            /** @description The link. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SharedLink"];
                };
            };
        };
    };
    get_stats_aggregate: {
        parameters: {
            query: {
                /** @description The site's name. */
                site_id: string;
                /** @description How long, up to `date`; 30d if it is not said. */
                period?: string;
                /** @description The last day, today if it is not said; with `custom` the first and the last. */
                date?: string;
                /** @description Names with commas; `visitors` if it is not said. */
                metrics?: string;
                /** @description `==`, `!=`, `~` and `!~`, values with `|`, filters with `;`, any text as `*`. */
                filters?: string;
                /** @description Understood, and changes nothing. */
                with_imported?: boolean;
                /** @description With what to compare. */
                compare?: "previous_period";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The totals. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        results: {
                            [key: string]: {
                                change?: unknown;
                                value: unknown;
                            };
                        };
                    };
                };
            };
        };
    };
    get_stats_breakdown: {
        parameters: {
            query: {
                /** @description The site's name. */
                site_id: string;
                /** @description How long, up to `date`; 30d if it is not said. */
                period?: string;
                /** @description The last day, today if it is not said; with `custom` the first and the last. */
                date?: string;
                /** @description Names with commas; `visitors` if it is not said. */
                metrics?: string;
                /** @description `==`, `!=`, `~` and `!~`, values with `|`, filters with `;`, any text as `*`. */
                filters?: string;
                /** @description Understood, and changes nothing. */
                with_imported?: boolean;
                /** @description What to group by: `visit:source`, `event:page`, `event:goal`, `event:props:plan` and so on. */
                property: components["schemas"]["Dimension"];
                /** @description Most rows; 100 if it is not said. */
                limit?: number;
                /** @description Which page of rows, from 1. */
                page?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A row for each value. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        results: Record<string, never>[];
                    };
                };
            };
        };
    };
    get_stats_realtime_visitors: {
        parameters: {
            query: {
                /** @description The site's name. */
                site_id: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A bare number. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": number;
                };
            };
        };
    };
    get_stats_timeseries: {
        parameters: {
            query: {
                /** @description The site's name. */
                site_id: string;
                /** @description How long, up to `date`; 30d if it is not said. */
                period?: string;
                /** @description The last day, today if it is not said; with `custom` the first and the last. */
                date?: string;
                /** @description Names with commas; `visitors` if it is not said. */
                metrics?: string;
                /** @description `==`, `!=`, `~` and `!~`, values with `|`, filters with `;`, any text as `*`. */
                filters?: string;
                /** @description Understood, and changes nothing. */
                with_imported?: boolean;
                /** @description The pieces; it follows from the period. */
                interval?: "minute" | "hour" | "day" | "date" | "week" | "month";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A row for each piece, with zeros. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        results: Record<string, never>[];
                    };
                };
            };
        };
    };
    get_users: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The users, by e-mail address. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        users: {
                            admin: boolean;
                            /** Format: date-time */
                            created_at: string;
                            email: string;
                            id: number;
                        }[];
                    };
                };
            };
        };
    };
    post_users: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    admin: boolean;
                    email: string;
                };
            };
        };
        responses: {
            /** @description The user with their password, which is shown this once. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        admin: boolean;
                        /** Format: date-time */
                        created_at: string;
                        email: string;
                        id: number;
                        password: string;
                    };
                };
            };
        };
    };
    delete_users_by_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The number of it. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description They are gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_v2_query: {
        parameters: {
            query: {
                /** @description The question, as POST takes it. */
                query: string;
                /** @description When the link ends, in seconds since 1970. */
                expires?: string;
                /** @description The signature of the link. */
                sig?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The report, in the format that was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Report"];
                    "application/x-ndjson": string;
                    "text/csv": string;
                };
            };
        };
    };
    post_v2_query: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Query"];
                "text/plain": components["schemas"]["Query"];
            };
        };
        responses: {
            /** @description The report, in the format that was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Report"];
                    "application/x-ndjson": string;
                    "text/csv": string;
                };
            };
        };
    };
    post_v2_query_sign: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    expires_in_days?: number;
                    query: components["schemas"]["Query"];
                };
            };
        };
        responses: {
            /** @description The link. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        expires_at: string;
                        url: string;
                    };
                };
            };
        };
    };
    get_assets_world_svg: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/svg+xml": string;
                };
            };
            /** @description As before. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_assets_by_path: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The rest of the path. */
                path: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                    "image/png": string;
                    "image/svg+xml": string;
                    "text/css": string;
                    "text/html": string;
                    "text/javascript": string;
                };
            };
            /** @description As before. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_badge_by_site_by_form: {
        parameters: {
            query?: {
                /** @description The number: who is online, or what was counted in a period. */
                show?: "online" | "today" | "yesterday" | "week" | "month" | "total" | "views";
                /** @description What is counted in a period. */
                metric?: "visitors" | "visits" | "views";
                /** @description One page instead of the whole site. */
                path?: string;
                /** @description How it looks. */
                style?: "flat" | "pill" | "retro" | "digits" | "sparkline" | "flags";
                /** @description The ground of the page, for pill, sparkline and flags. */
                theme?: "light" | "dark";
                /** @description The text beside the number. */
                label?: string;
                /** @description Three or six hexadecimal digits, or a name. */
                color?: string;
                /** @description The language of label and number. */
                lang?: "en" | "bg" | "ar" | "cs" | "de" | "el" | "es" | "fa" | "fr" | "he" | "hi" | "hu" | "id" | "it" | "ja" | "ko" | "nl" | "pl" | "pt" | "ro" | "ru" | "tr" | "uk" | "vi" | "zh";
                /** @description Added to a total, unless the owner forbids it. */
                seed?: number;
                /** @description Pixels of a PNG for each of CSS. */
                scale?: number;
                /** @description Most countries, with flags. */
                limit?: number;
                /** @description Columns of countries, with flags. */
                columns?: number;
                /** @description With 1 the look counts as a view, where the owner wants it. */
                count?: number;
            };
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
                /** @description The rest of the path. */
                form: "svg" | "png" | "json";
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The counter. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        color: string;
                        countries?: {
                            country: string;
                            value: number;
                        }[];
                        label: string;
                        message: string;
                        metric: string;
                        others?: number;
                        path: string | null;
                        schemaVersion: number;
                        seed: number;
                        series?: number[];
                        show: string;
                        site: string;
                        value: number;
                    };
                    "image/png": string;
                    "image/svg+xml": string;
                };
            };
            /** @description As before. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_busuanzi: {
        parameters: {
            query?: {
                /** @description The function that is called: letters, digits, _ and $. */
                jsonpCallback?: string;
                /** @description The site; without it that of the page, or the only one there is. */
                site?: string;
                /** @description The page, instead of the one that the browser names. */
                url?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The numbers, or a script that hands them over. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        page_pv: number;
                        site_pv: number;
                        site_uv: number;
                        version: number;
                    };
                    "text/javascript": string;
                };
            };
        };
    };
    get_counter_by_path_by_form: {
        parameters: {
            query?: {
                /** @description The site; without it that of the page, or the only one there is. */
                site?: string;
                /** @description `week`, `month`, `year` or a date. */
                start?: string;
                /** @description A date. */
                end?: string;
            };
            header?: never;
            path: {
                /** @description The rest of the path. */
                path: string;
                /** @description The rest of the path. */
                form: "svg" | "png" | "json";
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The counter. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        count: string;
                        count_unique: string;
                        value: number;
                        value_unique: number;
                    };
                    "image/png": string;
                    "image/svg+xml": string;
                };
            };
            /** @description As before. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_demo: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is at `/demo/`. */
            302: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_demo_by_path: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The rest of the path. */
                path: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                    "image/png": string;
                    "image/svg+xml": string;
                    "text/css": string;
                    "text/html": string;
                    "text/javascript": string;
                };
            };
            /** @description As before. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_healthz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        durability: string;
                        status: string;
                        version: string;
                    };
                };
            };
        };
    };
    get_hits_by_page_by_form: {
        parameters: {
            query?: {
                /** @description The site, where the host is another's. */
                site?: string;
                /** @description `hit`, or anything else to look only. */
                action?: string;
                /** @description `total`, or `today-total`. */
                view?: string;
                /** @description The text beside the number. */
                label?: string;
                /** @description Three or six hexadecimal digits, or a name. */
                color?: string;
            };
            header?: never;
            path: {
                /** @description The rest of the path. */
                page: string;
                /** @description The rest of the path. */
                form: "svg" | "png" | "json";
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The counter. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        color: string;
                        countries?: {
                            country: string;
                            value: number;
                        }[];
                        label: string;
                        message: string;
                        metric: string;
                        others?: number;
                        path: string | null;
                        schemaVersion: number;
                        seed: number;
                        series?: number[];
                        show: string;
                        site: string;
                        value: number;
                    };
                    "image/png": string;
                    "image/svg+xml": string;
                };
            };
            /** @description As before. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_js_by_script: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The file's name. */
                script: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The script. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/javascript": string;
                };
            };
            /** @description As before. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_live_by_site: {
        parameters: {
            query?: {
                /** @description Whether head and foot are left out. */
                embed?: "0" | "1";
                /** @description Default: what the visitor's system says. */
                theme?: "light" | "dark";
                /** @description Default: what the visitor's browser says. */
                lang?: "en" | "bg";
            };
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description As before. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_live_by_site_count: {
        parameters: {
            query?: {
                /** @description A page whose number is told, too. */
                path?: string;
            };
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The events. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
        };
    };
    get_live_by_site_stream: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The events. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
        };
    };
    get_map_by_site_png: {
        parameters: {
            query?: {
                /** @description Of which time: five minutes are who is here now. */
                range?: "5m" | "1h" | "24h" | "7d" | "30d" | "all";
                /** @description Pixels; the height follows. */
                width?: number;
                /** @description Discs for cities, a glow, or coloured countries. */
                style?: "dots" | "heat" | "countries";
                /** @description For which ground. */
                theme?: "light" | "dark" | "transparent";
                /** @description The language of the words. */
                lang?: "en" | "bg";
                /** @description Whether the number of visitors is said. */
                caption?: boolean;
                /** @description Whether the makers of the data are named on the picture. */
                credits?: boolean;
                /** @description Whether there are lines every thirty degrees. */
                graticule?: boolean;
            };
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/png": string;
                };
            };
            /** @description As before. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_map_by_site_svg: {
        parameters: {
            query?: {
                /** @description Of which time: five minutes are who is here now. */
                range?: "5m" | "1h" | "24h" | "7d" | "30d" | "all";
                /** @description Pixels; the height follows. */
                width?: number;
                /** @description Discs for cities, a glow, or coloured countries. */
                style?: "dots" | "heat" | "countries";
                /** @description For which ground. */
                theme?: "light" | "dark" | "transparent";
                /** @description The language of the words. */
                lang?: "en" | "bg";
                /** @description Whether the number of visitors is said. */
                caption?: boolean;
                /** @description Whether the makers of the data are named on the picture. */
                credits?: boolean;
                /** @description Whether there are lines every thirty degrees. */
                graticule?: boolean;
            };
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/svg+xml": string;
                };
            };
            /** @description As before. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_pixel_gif: {
        parameters: {
            query: {
                /** @description The site's name. */
                site: string;
                /** @description The page's address. */
                url: string;
                /** @description Where the visitor came from. */
                referrer?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A transparent picture. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/gif": string;
                };
            };
        };
    };
    get_readyz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It can. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status: string;
                    };
                };
            };
        };
    };
    get_share_by_site: {
        parameters: {
            query?: {
                /** @description What opens the link. */
                auth?: string;
                /** @description Whether head and foot are left out. */
                embed?: "true" | "false";
                /** @description Default: the visitor's. */
                theme?: "light" | "dark" | "system";
                /** @description Default: the visitor's. */
                lang?: "en" | "bg";
                /** @description `transparent`, or a colour such as `#f4f2ee`. */
                background?: string;
            };
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description As before. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_share_by_site_by_page: {
        parameters: {
            query?: {
                /** @description What opens the link. */
                auth?: string;
                /** @description Whether head and foot are left out. */
                embed?: "true" | "false";
                /** @description Default: the visitor's. */
                theme?: "light" | "dark" | "system";
                /** @description Default: the visitor's. */
                lang?: "en" | "bg";
                /** @description `transparent`, or a colour such as `#f4f2ee`. */
                background?: string;
            };
            header?: never;
            path: {
                /** @description The site's name. */
                site: string;
                /** @description The rest of the path. */
                page: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description As before. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
}
