#include "lib/tenant/slug_internal.h"

/* clang-format off */

/* In order of the alphabet. Also refused: what looks like one of these, see slug_fold. */
const char *const slug_reserved_names[] = {
	"about", "abuse", "access", "account", "accounts", "activate", "admin", "administrator", "admins", "alert", "alerts", "analytics",
	"android", "anonymous", "answers", "apache", "api", "api1", "api2", "apis", "apex", "app", "apple", "apps", "archive", "asset",
	"assets", "auth", "authentication", "autoconfig", "autodiscover", "aws", "backup", "backups", "beta", "billing", "blog", "bot",
	"bots", "broadcasthost", "bugs", "business", "cache", "calendar", "campaigns", "careers", "cdn", "ceo", "cert", "certs", "chat",
	"checkout", "citus", "client", "clients", "cloud", "cname", "community", "compliance", "config", "confirm", "connect", "console",
	"contact", "contacts", "contracts", "control", "corp", "cpanel", "crm", "customer", "customers", "dashboard", "data", "database",
	"db", "debug", "default", "demand", "demand-engine", "demandengine", "demo-admin", "deploy", "desktop", "dev", "developer",
	"developers", "devices", "dkim", "dmarc", "dns", "doc", "docs", "documentation", "domain", "domainkey", "domains", "download",
	"downloads", "edge", "email", "emails", "engine", "enterprise", "error", "errors", "event", "events", "example", "exchange",
	"export", "external", "faq", "feed", "feedback", "file", "files", "finance", "forum", "forums", "free", "ftp", "gateway", "git",
	"github", "gitlab", "google", "grafana", "graphql", "group", "groups", "guest", "guide", "guides", "health", "healthz", "hello",
	"help", "helpdesk", "home", "host", "hosting", "hostmaster", "hosts", "hr", "http", "https", "icons", "id", "identity", "image",
	"images", "imap", "img", "import", "inbox", "index", "info", "install", "integration", "integrations", "internal", "intranet",
	"invite", "invoice", "invoices", "ios", "ipv4", "ipv6", "isatap", "isp", "jabber", "jenkins", "jobs", "js", "json", "kb", "key",
	"keys", "lab", "labs", "lead", "leads", "learn", "legal", "license", "link", "links", "list", "lists", "live", "load",
	"localdomain", "localhost", "log", "login", "logo", "logos", "logout", "logs", "m", "mail", "mailer", "mailer-daemon", "mailing",
	"main", "maintenance", "manage", "manager", "marketing", "master", "media", "member", "members", "message", "messages", "metrics",
	"mobile", "monitor", "monitoring", "mta", "mta-sts", "mx", "my", "mysql", "name", "network", "new", "news", "newsletter", "nginx",
	"no-reply", "nobody", "noc", "noreply", "notifications", "notify", "null", "oauth", "oauth2", "office", "official", "old", "onboard",
	"onboarding", "openapi", "openid", "operator", "operators", "ops", "org", "origin", "owner", "pages", "panel", "partner",
	"partners", "password", "passwords", "pay", "payment", "payments", "phone", "photos", "php", "plans", "platform", "plugin", "pop",
	"pop3", "portal", "post", "postgres", "postmaster", "press", "preview", "price", "pricing", "privacy", "private", "prod",
	"production", "profile", "promo", "proxy", "public", "queue", "ready", "recovery", "redirect", "redis", "register",
	"registration", "relay", "release", "remote", "report", "reports", "resend", "reset", "rest", "root", "router", "rss", "sales",
	"sample", "sandbox", "search", "secure", "security", "sentry", "server", "servers", "service", "services", "session", "settings",
	"setup", "sftp", "share", "shop", "sign-in", "sign-up", "signals", "signin", "signout", "signup", "sip", "site", "sites", "sms",
	"smtp", "sni", "social", "software", "spam", "spf", "sql", "ssh", "ssl", "ssladmin", "ssladministrator", "sslwebmaster", "sso",
	"staff", "stage", "staging", "start", "stat", "static", "statistics", "stats", "status", "storage", "store", "stripe", "sub",
	"subdomain", "subscribe", "subscription", "support", "survey", "svn", "sys", "sysadmin", "sysadministrator", "system", "task",
	"tasks", "team", "teams", "tech", "telnet", "temp", "tenant", "tenants", "terms", "test", "testing", "tests", "token", "tool",
	"tools", "track", "tracking", "training", "trial", "trust", "undefined", "unsubscribe", "update", "updates", "upgrade", "upload",
	"uploads", "usage", "usenet", "user", "users", "uucp", "verify", "video", "videos", "vpn", "web", "webhook", "webhooks",
	"webmail", "webmaster", "website", "websocket", "welcome", "whois", "widget", "wiki", "workspace", "workspaces", "wpad", "ws",
	"wss", "www", "xmpp", "you", "your", "yourcompany",
};
const size_t slug_reserved_count = COUNT_OF(slug_reserved_names);

/* A stem with any number of digits behind it (and for "ww" any number of w). */
const char *const slug_reserved_stems[] = {
	"ww", "www", "ns", "dns", "mx", "mail", "smtp", "imap", "pop", "ftp", "sftp", "web", "app", "api", "cdn", "static", "test", "dev", "stage",
	"staging", "admin", "host", "server", "node", "db", "vpn", "proxy", "email", "auth", "login",
};
const size_t slug_reserved_stem_count = COUNT_OF(slug_reserved_stems);

/* clang-format on */
