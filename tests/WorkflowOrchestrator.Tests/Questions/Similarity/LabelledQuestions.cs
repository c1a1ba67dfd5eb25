namespace Workflow.Tests.Questions.Similarity;

/// <summary>
/// Pairs of questions as reviewers, agents and people ask them about specs, labelled by hand: would one answer serve both? Every second pair was held
/// out while the word lists and limits were chosen.
/// </summary>
internal static class LabelledQuestions
{
    public static IReadOnlyList<(string One, string Other)> Same { get; } =
    [
        ("What is the maximum upload size?", "What is the maximum size of an upload?"),
        ("What's the max upload size?", "what is the maximum upload size"),
        ("How long does a session live?", "How long do sessions live?"),
        ("How long is a session kept?", "How long are sessions kept?"),
        ("Which status code does the server return for an expired token?", "Which status code is returned by the server for expired tokens?"),
        ("Who may approve an update?", "Who can approve updates?"),
        ("What happens when the disk is full?", "What happens if the disk is full?"),
        ("Please tell me: how often are backups made?", "How often are backups made?"),
        ("Where are the log files stored?", "Where is the log file stored?"),
        ("What is the timeout of the login request?", "What is the login request timeout?"),
        ("How many retries are made after a failed delivery?", "After a failed delivery, how many retries are made?"),
        ("Which browsers must the page support?", "Which browsers should the page support?"),
        ("What is the retention period for audit records?", "What's the audit record retention period?"),
        ("How many megabytes may an attachment have?", "How many MB can an attachment have?"),
        ("Should deleted items be kept in the trash?", "Should items that are deleted be kept in the trash?"),
        ("What does `exit code 3` mean?", "What does \"exit code 3\" mean?"),
        ("Which folder holds the backups?", "Which directory holds the backups?"),
        ("How fast must search results appear?", "How fast should the search results appear?"),
        ("Is the e-mail address required?", "Is the email address required?"),
        ("What is shown when no order exists?", "What is displayed when no order exists?"),
        ("Could you say exactly which currencies are supported?", "Which currencies are supported?"),
        ("When does an invitation expire?", "When do invitations expire?"),
        ("How does the service behave when the queue is full?", "How does the service behave if the queue is full?"),
        ("What is the default page size of the list?", "What is the list's default page size?"),
    ];

    public static IReadOnlyList<(string One, string Other)> Different { get; } =
    [
        ("Should guests see prices?", "Should guests not see prices?"),
        ("What is the limit for 10 users?", "What is the limit for 20 users?"),
        ("What does \"draft\" mean?", "What does \"final\" mean?"),
        ("How long does the session of a guest live?", "How long does the session of an admin live?"),
        ("What is the maximum upload size?", "What is the minimum upload size?"),
        ("What happens before the order is paid?", "What happens after the order is paid?"),
        ("How long are backups kept?", "How often are backups kept?"),
        ("Who may approve an update?", "Who must approve an update?"),
        ("Which fields are required?", "Which fields are optional?"),
        ("Can a user delete a comment?", "Can a comment delete a user?"),
        ("Does the api call the worker?", "Does the worker call the api?"),
        ("Is data copied from the store to the cache?", "Is data copied from the cache to the store?"),
        ("What is the limit of `max_retries`?", "What is the limit of `max_waits`?"),
        ("How many requests may a client send per second?", "How many requests may a client send per minute?"),
        ("What happens when the file exists?", "What happens when the file does not exist?"),
        ("What happens with a token?", "What happens without a token?"),
        ("Which version of HTTP is required?", "Which version of TLS is required?"),
        ("Why is the queue bounded?", "How is the queue bounded?"),
        ("Where are sessions stored?", "When are sessions stored?"),
        ("Who reads the report?", "Who writes the report?"),
        ("Should orders over 100 EUR be held?", "Should orders under 100 EUR be held?"),
        ("Is the cache enabled by default?", "Is the cache disabled by default?"),
        ("What is the timeout of the first attempt?", "What is the timeout of the second attempt?"),
        ("Must every user confirm the address?", "Must any user confirm the address?"),
        ("How long does an idle session of a signed-in user live before it is closed by the server?", "How long does an idle guest session of a signed-in user live before it is closed by the server?"),
        ("May the daemon write outside the change's folder?", "May the daemon write inside the change's folder?"),
        ("Which agent answers unless a human does?", "Which agent answers when a human does?"),
        ("What is the limit of uploads?", "What is the limit of downloads?"),
        ("Does Alice approve Bob's updates?", "Does Bob approve Alice's updates?"),
        ("What is the port 8732 used for?", "What is the port 8733 used for?"),
        ("What must be logged at level Error?", "What must be logged at level Warning?"),
        ("Is exit code 2 wrong usage?", "Is exit code 3 wrong usage?"),
        ("How much memory may the index use?", "How much memory may the store use?"),
        ("Which of the two revisions wins?", "Which of the three revisions wins?"),
        ("Can an answer be replaced by the agent?", "Can an answer be replaced by the human?"),
        ("What happens when nobody answers?", "What happens when somebody answers?"),
    ];
}
