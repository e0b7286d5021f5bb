//! Every function of the store, on both databases, in one run. One list of checks makes the tests of both, so neither can
//! have more than the other.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]
#![expect(clippy::assigning_clones, reason = "a test is read more often than it runs")]

#[path = "conformance/access.rs"]
mod access;
#[path = "conformance/accounts.rs"]
mod accounts;
#[path = "conformance/bench.rs"]
mod bench;
#[path = "conformance/call_log.rs"]
mod call_log;
#[path = "conformance/calls.rs"]
mod calls;
#[path = "conformance/cases.rs"]
mod cases;
#[path = "conformance/completeness.rs"]
mod completeness;
#[path = "conformance/contacts.rs"]
mod contacts;
#[path = "conformance/desk.rs"]
mod desk;
#[path = "conformance/hand_offs.rs"]
mod hand_offs;
#[path = "conformance/incidents.rs"]
mod incidents;
#[path = "conformance/jobs.rs"]
mod jobs;
#[path = "conformance/messages.rs"]
mod messages;
#[path = "conformance/pager.rs"]
mod pager;
#[path = "support/postgres.rs"]
mod postgres_cluster;
#[path = "conformance/reports.rs"]
mod reports;
#[path = "conformance/sample.rs"]
mod sample;
#[path = "conformance/storm.rs"]
mod storm;
#[path = "conformance/tickets.rs"]
mod tickets;
#[path = "conformance/units.rs"]
mod units;
#[path = "conformance/wall.rs"]
mod wall;

/// Makes each check a test on each database.
macro_rules! checks {
    ($($room:ident { $($check:ident),+ $(,)? })+) => {
        mod sqlite {
            $(mod $room {$(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $check() {
                    let bench = crate::bench::Bench::sqlite().await;
                    crate::$room::$check(&bench).await;
                    bench.remove().await;
                }
            )+})+
        }
        mod postgres {
            $(mod $room {$(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $check() {
                    let bench = crate::bench::Bench::postgres().await;
                    crate::$room::$check(&bench).await;
                    bench.remove().await;
                }
            )+})+
        }
    };
}

checks! {
    access {
        a_token_is_known_by_its_hash_until_it_is_ended,
        an_answer_is_kept_once_and_for_its_time,
        two_units_never_keep_two_answers,
        a_hook_is_told_until_it_is_switched_off_or_removed,
    }
    accounts {
        an_account_comes_back_as_it_was_kept,
        a_session_ends_by_itself_and_by_hand,
        the_audit_is_one_chain_however_many_write,
    }
    calls {
        a_call_comes_back_as_it_was_kept,
        a_call_is_kept_once,
        a_call_becomes_what_it_became,
        calls_are_listed_newest_first,
        a_call_is_found_by_the_beginning_of_its_id,
        a_leg_never_goes_back,
        a_turn_is_taken_once,
        a_call_timeline_has_no_gaps,
        recordings_find_their_incident,
    }
    call_log {
        a_call_is_in_the_log_from_its_first_moment,
        the_log_follows_a_case,
        what_the_caller_said_of_their_institution_counts_without_a_case,
        the_log_is_read_page_by_page_in_both_directions,
        the_log_is_filtered_by_every_field,
        words_are_found_whatever_their_accents,
        a_missed_call_waits_until_somebody_decides,
        a_view_is_kept_under_its_name,
        calls_of_an_older_version_are_in_the_log,
    }
    cases {
        open_cases_come_by_their_due_instants_and_answered_ones_behind_them,
        ended_cases_come_by_their_due_instants_the_last_first,
        cases_are_listed_by_what_they_are_and_whose,
        what_hangs_on_a_case_is_found,
    }
    incidents {
        an_incident_comes_back_as_it_was_kept,
        case_numbers_are_counted_by_year_without_gaps,
        a_second_writer_is_told,
        a_call_knows_its_incident,
        open_incidents_are_found,
        incidents_are_listed_newest_first,
        an_incident_timeline_has_no_gaps,
        cycle_results_are_kept_for_good,
        affected_callers_are_counted_once,
        an_open_incident_without_a_job_is_found,
        fifty_writers_keep_versions_and_timeline_contiguous,
        a_unit_that_has_an_incident_never_waits_for_its_call,
        an_impossible_value_is_named_not_read,
    }
    hand_offs {
        a_hand_off_comes_back_as_it_was_kept,
        hand_offs_that_wait_are_counted,
        news_of_a_store_is_heard_once,
        what_was_given_up_is_known_and_taken_up_again,
        what_failed_is_listed_by_its_kind_and_hurried,
        each_lane_has_its_own_jobs,
    }
    messages {
        pages_live_and_close,
        a_message_comes_back_as_it_was_kept,
        a_message_becomes_what_it_became,
        messages_to_a_number_are_counted,
        messages_of_a_template_are_counted,
        an_inbound_message_is_kept_once,
        wrong_replies_are_counted,
        early_receipts_wait_for_their_message,
        a_receipt_and_its_send_result_never_miss_each_other,
    }
    pager {
        the_ladder_of_a_cycle_is_kept_and_replaced,
        an_outbound_call_has_its_dialogue,
        a_room_keeps_who_came_and_went,
        what_is_known_of_a_contact_is_kept_and_replaced,
        a_test_of_the_pager_is_kept_and_ends,
        what_people_know_of_their_duty_is_kept_until_it_is_over,
    }
    storm {
        one_bundle_at_a_time_gathers_for_a_person,
        a_bundle_holds_its_pages_and_is_carried_by_its_messages,
        the_first_page_of_a_new_case_overtakes_three_hundred_repeats,
        what_is_read_of_a_night_decides_as_the_whole_of_it_would,
        notices_gather_until_they_are_taken,
    }
    contacts {
        an_address_is_not_used_until_it_is_again,
    }
    desk {
        flows_come_back_to_the_byte,
        meta_keeps_the_last_value,
        the_latest_roster_holds,
        whoever_changes_the_roster_knows_the_latest,
        a_banner_stands_for_its_time,
        maintenance_stands_for_its_time,
    }
    jobs {
        a_key_has_one_live_job,
        a_job_that_is_asked_for_while_it_runs_runs_once_more,
        several_jobs_are_enqueued_as_if_one_by_one,
        the_most_urgent_due_jobs_are_claimed_first,
        claimers_never_get_the_same_job,
        a_lost_lease_is_run_again_and_its_old_owner_is_fenced_off,
        a_lease_is_lengthened_by_its_holder_only,
        a_pending_job_is_cancelled_by_its_key,
        a_failed_job_waits_for_its_next_try,
        a_buried_job_is_listed_and_never_claimed,
        a_soft_stop_gives_leases_back,
        the_next_due_instant_counts_timers_and_leases,
        pending_jobs_are_cancelled_by_kind,
        a_timer_is_moved,
        jobs_are_counted_by_state,
        a_done_job_is_forgotten,
        a_job_wakes_who_listens,
        a_commit_rings_for_the_earliest_job,
        a_node_that_is_gone_holds_nothing,
    }
    reports {
        every_promise_is_told_once,
        whoever_rings_again_and_again_is_found,
    }
    tickets {
        a_ticket_comes_back_as_it_was_kept,
        an_external_id_is_one_tickets,
        a_ticket_becomes_what_it_became_and_a_second_writer_is_told,
        an_incident_has_one_ticket,
        tickets_are_listed_page_by_page_in_every_order,
        tickets_are_listed_by_what_they_are,
        tickets_whose_clock_runs_are_found,
        a_ticket_history_has_no_gaps,
        comments_are_read_in_order_and_a_mark_is_there_once,
        attachments_are_known_by_their_content,
        fifty_writers_of_a_ticket_keep_its_history_contiguous,
        tickets_of_an_older_version_are_carried_over,
    }
    units {
        a_failed_unit_leaves_nothing,
        a_reader_sees_one_picture_and_changes_nothing,
        a_unit_dropped_anywhere_leaves_everything_or_nothing,
        units_run_in_spawned_tasks,
        data_outlives_the_store,
        a_closed_store_says_so,
        the_probe_writes,
        leases_at_a_start,
        every_character_comes_back,
        two_openers_are_told_apart_or_share,
        a_visitor_works_beside_the_one_who_serves,
        a_visitor_leaves_another_version_s_schema_alone,
    }
    wall {
        the_wall_has_open_cases_by_their_promise_and_no_tests,
        the_wall_has_the_calls_that_last,
        whoever_watches_is_seen_until_their_session_ends,
    }
}
