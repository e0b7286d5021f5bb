//! What a person can do about Jira's refusals.

/// What a person can do about a refusal with `status`.
pub(super) fn mend(status: u16) -> &'static str {
    match status {
        400 => {
            "Jira does not take a value: look whether the fields are on the form of the request type and on the edit \
             screen, whether our number's field is there, and whether a transition asks for more"
        }
        401 => "Jira does not take the credentials: make a new API token of the account in user",
        403 => "the account may not do this: make it an agent of the service desk, with a licence",
        404 => "there is no such thing there, or the account may not see it: look at url, queue and request_type",
        413 => "the file is larger than Jira takes: raise the limit of attachments",
        _ => "look at Atlassian's status page and the site's audit log",
    }
}
