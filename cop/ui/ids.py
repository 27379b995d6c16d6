"""The names of everything on screen that a callback or a script speaks to, in one place."""

from __future__ import annotations

from cop.feeds import ALL as FEEDS
from cop.model.vocabulary import DOMAINS

# The shell
PAGE = "page"
VIEW = "view"
MESSAGE = "message"

# Live: what the server pushes, alarms, sound, and who is on watch (`assets/25-live.js`, `26-…`)
DESK_VERSION = "desk-version"
LOST = "lost"
ALARMS = "alarms"
ALARM_WORDS = "alarm-words"
AS_OF = "as-of"
SOUND = "sound"
SOUND_STATE = "sound-state"
OFFICER = "officer"
OFFICER_NAME = "officer-name"
ON_WATCH = "on-watch"
OFFICER_FIELD = "officer-field"
OFFICER_WHY = "officer-why"

# The watch view. It has its own address (`dcc.Location`), so that no callback of it has a part
# on the page while another view is shown.
ADDRESS = "address"
STORE_VERSION = "store-version"
PICTURE_COUNT = "picture-count"
SHOWN = "shown"
VIEWPORT = "viewport"
SELECTED = "selected"
MARKING = "banner-marking"
WORLD = "banner-world"
FRESHNESS = "freshness"
CAPTION = "caption"
CHIPS = "chips"
TILES = "tiles"
NOTICE = "notice"
MAP = "map"
LEGEND = "legend"
TIMELINE = "timeline"
TIMELINE_CAPTION = "timeline-caption"
TRAY = "tray"
LIST = "list"
LIST_CAPTION = "list-caption"
LIST_SCOPE = "list-scope"
PLACE = "place"
DETAIL = "detail"

# Fields that the address and `assets/10-address.js` keep in step: `ask-<key>` holds that key.
ASK_Q = "ask-q"
ASK_SINCE = "ask-since"
ASK_UNTIL = "ask-until"
ASK_PORT = "ask-port"
ASK_RADIUS = "ask-radius_nm"
# Lists of choices, each a button that names its key and value (`cop.ui.marks.choice`).
HAZARD_FACETS = {domain: f"facet-hazard-{domain}" for domain in DOMAINS.slugs}
PLAIN_FACETS = {
    key: f"facet-{key}"
    for key in (
        "severity",
        "region",
        "area",
        "act",
        "verification",
        "source",
        "status",
        "tlp",
        "navarea",
    )
}

# The quarantine view
ITEM = "quarantine-item"
ITEMS = "quarantine-items"
ITEM_PANE = "quarantine-pane"
ITEM_RAW = "quarantine-raw"
ITEM_REASON = "quarantine-reason"
ITEM_RUN = "quarantine-run"
ITEM_DISMISS = "quarantine-dismiss"
ITEM_RESULT = "quarantine-result"

# The sources view: coverage by region, and the switch of each source that speaks by itself
COVERAGE = "coverage"
COVERAGE_SHOWN = "coverage-shown"
COVERAGE_CLOCK = "coverage-clock"
SOURCE_CARDS = "source-cards"
SWITCH_RESULT = "switch-result"
SWITCH_SHOWN = "switch-shown"  # which sources the page shows as on
SWITCHES = {feed.id: f"switch-{feed.id}" for feed in FEEDS if feed.every and feed.covers}
SWITCH_REASONS = {feed: f"switch-reason-{feed}" for feed in SWITCHES}

# Export
EXPORT = "export"
EXPORT_OPEN = "export-open"
EXPORT_SCOPE = "export-scope"
EXPORT_FORMAT = "export-format"
EXPORT_START = "export-start"
EXPORT_STOP = "export-stop"
EXPORT_STOPPED = "export-stopped"
EXPORT_JOB = "export-job"
EXPORT_TICK = "export-tick"
EXPORT_BAR = "export-bar"
EXPORT_SAID = "export-said"
EXPORT_LINK = "export-link"

# The watch log: what its buttons do comes through one store (`assets/64-log.js`)
LOG_PRESS = "log-press"
LOG_TURN = "log-turn"
LOG_PUSH = "log-push"  # the desk's version and the officer, while this view is shown
LOG_CLOCK = "log-clock"
LOG_WATCH = "log-watch"  # the earlier watch that is shown; 0: the one that is on
LOG_RESULT = "log-result"
LOG_HEAD = "log-head"
LOG_ENTRIES = "log-entries"
LOG_DESK = "log-desk"  # what only the watch that is on has: forms and tasks
LOG_KIND = "log-kind"
LOG_BY = "log-by"
LOG_OF = "log-of"
LOG_NAMES = "log-names"
LOG_NOTE = "log-note"
LOG_NOTE_AT = "log-note-at"
LOG_NOTE_OF = "log-note-of"
LOG_STRIKE = "log-strike"
LOG_STRIKE_OF = "log-strike-of"
LOG_STRIKE_NO = "log-strike-no"
LOG_STRIKE_WHY = "log-strike-why"
LOG_TASKS = "log-tasks"
LOG_MINE = "log-mine"
LOG_TASK = "log-task"
LOG_TASK_OWNER = "log-task-owner"
LOG_TASK_DUE = "log-task-due"
LOG_TASK_OF = "log-task-of"
LOG_TASK_OWED = "log-task-owed"
HANDOVER = "handover"
HANDOVER_EDIT = "handover-edit"
HANDOVER_REMARKS = "handover-remarks"
HANDOVER_ITEMS = "handover-items"
HANDOVER_KEPT = "handover-kept"
HANDOVER_SEEN = "handover-seen"

# The desk beside the picture: acts on the open incident, queue, news
DESK_PANEL = "desk-panel"
DESK_FORM = "desk-form"
DESK_ASK = "desk-ask"  # what the page wants done, sent as one act
DESK_SAID = "desk-said"  # what came of it
DESK_OPENED = "desk-opened"
QUEUE = "queue"
QUEUE_COUNT = "queue-count"
NEWS = "news"
NEWS_COUNT = "news-count"
DESK_NEWS = "desk-news"  # which incidents the officer has not seen
DESK_SHOWN = "desk-shown"

# Place: the search box, fitting the map, typed positions (`assets/67-search.js`, `68-measure.js`)
SEARCH = "search"
SEARCH_ASK = "search-ask"
SEARCH_FOUND = "search-found"
FIT_ASK = "fit-ask"
FIT_BOX = "fit-box"
POINTS_ASK = "points-ask"
POINTS_FOUND = "points-found"
# Response to the open incident: checklists from playbooks, tasks, measures, contacts
RESPONSE_PANEL = "response-panel"
RESPONSE_FORM = "response-form"

# The report drawer: a line is read, the form saved (`assets/66-report.js`)
REPORT = "report"
REPORT_OPEN = "report-open"
REPORT_LINE = "report-line"
REPORT_ASK = "report-ask"  # the line and the form, to be read
REPORT_SAID = "report-said"  # what the form shows of it
REPORT_KNOWN = "report-known"  # what is known already
REPORT_ALIKE = "report-alike"  # and how many may be the same
REPORT_SAVE = "report-save"  # the form, to be recorded
REPORT_SAVED = "report-saved"  # what came of it
REPORT_SIGNS = "report-signs"  # the officer whose draft it is
REPORT_KEPT = "report-kept"
# Saved views, and the kiosk that goes through them
SAVED = "saved"
SAVED_NAME = "saved-name"
SAVED_AREA = "saved-area"
SAVED_RESULT = "saved-result"
SAVED_LIST = "saved-list"
SAVED_KIOSK = "saved-kiosk"
SAVED_TURN = "saved-turn"  # the desk's version and the officer, while the panel is open
SAVED_ASK = "saved-ask"
SAVED_SAID = "saved-said"
SAVED_SHOWN = "saved-shown"
KIOSK = "kiosk"
KIOSK_NEWEST = "kiosk-newest"
KIOSK_TURN = "kiosk-turn"  # another for each picture that comes while the kiosk is on
KIOSK_VIEWS = "kiosk-views"
# The playback (`assets/69-play.js`)
PLAY = "play"
PLAY_ASK = "play-ask"
PLAY_FRAMES = "play-frames"
PLAY_SCRUBBER = "play-scrubber"
PLAY_WORD = "play-word"
PLAY_CLOCK = "play-clock"
PLAY_COUNT = "play-count"
PLAY_NEW = "play-new"
PLAY_LEFT = "play-left"
PLAY_SAID = "play-said"
PLAY_MARK_CLOCK = "play-mark-clock"
# Time: the window, and the moment as of which one knows (`assets/65-time.js`)
ASK_KNOWN_AT = "ask-as_known_at"
TIMELINE_STRIP = "timeline-strip"
TIME_LIVE = "time-live"
TIME_PAST = "time-past"
TIME_CUSTOM = "time-custom"
KNOWN = "known-at"
KNOWN_SUMMARY = "known-summary"
KNOWN_OPEN = "known-open"
KNOWN_ASK = "known-ask"  # what the page wants to know, only while it shows it
KNOWN_LINE = "known-line"
KNOWN_SLIDER = "known-slider"
KNOWN_STEPS = "known-steps"
NEWER = "banner-newer"
LAG = "lag"
LAG_BOX = "lag-box"
LAG_WORDS = "lag-words"
