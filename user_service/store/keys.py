"""The names of the keys in Redis. Those that end with a colon begin the names of many."""

USER = "user:"  # and an email: a record
USERS = "users"  # all emails, in order
TOKEN = "token:"  # and the digest of a token: what it stands for  # noqa: S105
TOKENS = "tokens:"  # and an email: the digests of its tokens, by their ids
CALENDARS = "calendars:"  # and an email: its calendars, by name
DUE = "calendars"  # all calendars that are read, an email and a name each, by when they are due
CLAIMS = "calendar-claims"  # which reader has claimed which of them
LOGIN = "login:"  # and the state of a login that is under way at a provider: where it leads to
RATE = "rate:"  # and who calls: when the next call is due
