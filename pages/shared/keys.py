"""Every key of ``st.session_state``, of a widget and of the address bar, in one place.

A widget's key is also the CSS class ``st-key-<key>`` of its element: the page view finds form fields by it, and so do
the browser tests. What the person sees, and its key:

Studio page, documents
    add_files              the drop zone (a container; the upload itself is ``add_files_<n>``, n from 0)
    save_ready             saves every ready invoice of the desk; batch says how many, with undo_batch and dismiss_batch
    add_more               opens the drop zone when documents are open (a popover)
    sample_<n>             opens sample n (from 0)
    empty_state, samples   containers of the first screen
    refused                files that could not be opened; dismiss_refused clears them
    locked_<n>             an encrypted file: password_<n>, unlock_<n>, dismiss_<n> (inside password_form_<n>)
    reopen_form            a document of an earlier process asks again: reopen_password, reopen
    desk_bar, documents    containers of the open documents
    reading_batch          how many of several open documents are read, while some are not
    doc_<n>                chooses open document n; previous_document, following_document the one beside the chosen one
                           (Alt+PageUp, Alt+PageDown); desk_list opens the list of all: list_doc_<n>
    close_document         closes the chosen one; reopen_document takes that back
Studio page, choosing pages
    picker_bar             container of the choices above the thumbnails
    page_range             range text; all_pages chooses all
    pick_<page>            checkbox of a page; turn_left_<page>, turn_right_<page> rotate it; look_<page> shows it large
                           (page_preview in a dialog)
    thumbs                 which window of thumbnails is shown (pagination)
    split, split_by_page, join, join_previous, drop_group    groups; group chooses the active one
    split_offer            the proposal of a split, also above a result: split_accept, split_decline
    recipe                 how it is read; new_recipe makes one; read_as what it is read as
    sending                what leaves this machine; hide opens hide_kinds, hide_names, hide_draw (its dialog: hide_page,
                           hide_canvas_<document>_<page>_<n>, hide_keep)
    extract                the primary button; extract_all for all open documents
Studio page, running
    page_side, page_view   the pages being read
    steps                  the step list; cancel stops the run; try_again, back_to_pages after a failure or a stop
Studio page, result
    result_bar             verdict, groups, saving; shown_type what it was read as, another reads it again; run_details opens the steps of the run
    page_side, page_view   the page view (``.box`` with ``data-path``); in it ``.draw`` (or Shift) makes a drag put the
                           words into the field at hand, ``.note`` says so with ``.undo``
    tabs                   Form, Raw OCR text, Raw JSON, Checks
    field_<name>           a header field in cell_<kind>_<name>; revert_<name> in was_<name>, use_<name>_<n> its buttons
    more_fields            holds the fields that most documents lack, while they are empty
    confirm_<name>         takes a doubtful value as right (Alt+Y for the one in focus); confirm_line_<n> a line (from 0)
    notes_<group>          findings that touch several fields of a group; notes_general those of the whole document
    table_rows             the table of lines (a container; the editor is ``lines_<run>_<revision>``)
    columns                chooses further columns (columns_chosen)
    insert_line            puts a line between others (insert_before, insert_words, insert_submit)
    add_line               adds a line; the last cell of a row removes it
    lines_notes            findings of lines; offer_<n> takes a value proposed for one
    lines_changed          what was extracted; restore_lines puts it back
    next_doubtful          goes to the next doubtful field (Alt+N)
    save_to, save, undo    targets, the primary button, undo; save_next saves and goes on; next_document after it
    taught                 what the save taught of the vendor; taught_unlearn takes it back
    show_keys              the list of keys (``?``); form_keyboard is its browser side
    go_to_open, save_anyway, cancel_open    the choices when required values are missing or checks fail
    update_order, keep_both, cancel_save    the choices when it is stored already
    choose_pages           back to the page picker; read_again too, where nothing could be read
    finding_<n>            goes to a finding's field; search_text, download_json
    cleanup_<page>         shows a recognised page before and after clean-up

Compare page, choosing
    compare_first          the first comparison in one click; compare_start the primary button
    compare_add            opens the upload (``compare_files_<n>``); compare_documents_<digest> the list to tick
    compare_recipes        the recipes; compare_new_recipe opens the builder (recipe_base, recipe_name_<base>, ...,
                           recipe_save)
    compare_estimate       what it may cost; compare_earlier opens an earlier comparison
    compare_everybodys     also what others have read and compared
Compare page, a comparison
    compare_bar            name and progress; compare_cancel, compare_go_on, compare_retry, compare_download,
                           compare_new, compare_more (compare_again, compare_remove)
    compare_tabs           Documents, Recipes
    compare_matrix         documents x recipes (compare_filter narrows a long one); compare_view the values of the open document beside its page
    compare_only, compare_sort    which values are shown, and in which order
    compare_totals         the recipes' figures; compare_recipe chooses one: compare_default, compare_reread, compare_change;
                           compare_another, compare_add_saved

Review page
    review_walk            the window of the walk; in it ``.card`` is the question with its ``.field``, ``.offer`` the values to
                           take instead, ``.column`` one field over many documents (a ``.cell`` each), ``.sheet`` the page, ``.values`` all values, ``.notice`` what came of the last document

Gates page
    gates_type             the type whose gate is shown: gate_approve_<...>, gate_others_<...>, gate_required_<...>, gate_least_<...>,
                           gate_limits_<...> (a table), each with the type and a number that grows as all begins anew
    gate_always_<n>, gate_never_<n>, gate_save_<n>    vendors, and where what passed saves itself
    gates_foresee          shows what the change would have done (gates_last says to how many documents); then gates_save, gates_discard
    spot_checks            what spot checks say; spot_checks_choose opens spot_share and spot_most; spot_checks_loosen asks no more than before
    gates_foreseen         the table of these documents, narrowed by gates_which

Vendors page
    vendor_list            the vendors: vendor_<n> in vendor_entry_<n> (vendors_find narrows a long list)
    vendors_export, vendors_import    the file for another studio (vendors_file_<n>, vendors_bring_in)
    vendor_head            the chosen one: vendor_lock_<id>, vendor_forget (vendor_forget_yes); vendor_marks what it is known by
    vendor_learnt_<n>      a rule in words; vendor_rule_forget_<n>

Accuracy page
    accuracy_bar           what is measured: accuracy_set (accuracy_folder), accuracy_recipes, accuracy_all_pages; accuracy_start
    accuracy_cases         the kept test cases: accuracy_import_<n>, accuracy_replace, accuracy_export, accuracy_drop_case
    accuracy_samples       the one click of the empty state
    accuracy_run           a measurement on its way; accuracy_cancel
    accuracy_head          accuracy_result and accuracy_other choose evaluations; accuracy_download has the tables
    accuracy_tabs          Overview, Fields, Misses, Confidence, Trend
    accuracy_figures       the headline; accuracy_groups, accuracy_documents, accuracy_fields tables
    accuracy_misses_<...>  the list of misses, filtered by miss_field, miss_cause, miss_case; accuracy_miss the chosen one
    accuracy_threshold     the slider; accuracy_use_threshold
    accuracy_runs          earlier evaluations; accuracy_open, accuracy_drop
    keep_case              keeps the record as a test case (Records page; Studio page once saved)

A button that explains itself on hover stands twice in the page: tests take the first.
"""

from __future__ import annotations

from core.schema.document_type import DocumentType, Table

# The address bar.
RUN_PARAM = "job"
DESK_PARAM = "desk"
DOCUMENT_PARAM = "doc"
MEASURING_PARAM = "measuring"
EVALUATION_PARAM = "evaluation"
COMPARISON_PARAM = "comparison"
COMPARED_PARAM = "document"

# What the session remembers (not widgets).
DESK = "studio_desk"
DESK_KEPT = "studio_desk_kept"
EDITS = "studio_edits"
EDITS_SEEN = "studio_edits_seen"
SEAT = "review_seat"
ENDED = "studio_ended"
LOOKED_AT = "studio_looked_at"
REVIEWS = "studio_reviews"
REFUSED = "studio_refused"
CLOSED = "studio_closed"
LOOK = "studio_look"
MEMBERS = "studio_members"
REOPEN_ERROR = "studio_reopen_error"
UPLOADS = "studio_uploads"
FOCUS = "studio_focus"
UNSEEN = "studio_unseen"
SENT = "studio_sent"
TOAST = "studio_toast"
SAVE_ERROR = "studio_save_error"
BLOCKED = "studio_blocked"
BATCH_TROUBLE = "studio_batch_trouble"
GO_ON = "studio_go_on"
SAVE_ANYWAY = "studio_save_anyway"
DRAWN = "studio_drawn"
DRAWN_COUNT = "studio_drawn_count"
COMPARISON = "compare_opened"
COMPARE_CHOSEN = "compare_chosen"
COMPARE_ADDED = "compare_added"
COMPARE_ROWS = "compare_rows"
COMPARE_UPLOADS = "compare_uploads"
COMPARE_TROUBLES = "compare_troubles"
COMPARE_ESTIMATE = "compare_estimated"
COMPARE_NEW_RECIPE = "compare_made_recipe"
COMPARE_VOTE_ERROR = "compare_vote_error"
RECIPE_ERROR = "recipe_error"
HIDE_DRAFT = "hide_draft"
MEASURING = "accuracy_measuring"
ACCURACY_ENDED = "accuracy_ended"
ACCURACY_IMPORTS = "accuracy_imports"
ACCURACY_IMPORTED = "accuracy_imported"

# Widgets.
VIEWER = "page_view"
TABS = "tabs"
FORM_TAB = "Form"
SAVE_TO = "save_to"
RECIPE = "recipe"
TYPE = "read_as"
SHOWN_TYPE = "shown_type"
REOPEN_INPUT = "reopen_password"
GROUP = "group"
RANGE = "page_range"
RANGE_ERROR = "studio_range_error"
THUMBS = "thumbs"
COMPARE_DOCUMENTS = "compare_documents"
COMPARE_RECIPES = "compare_recipes"
COMPARE_EARLIER = "compare_earlier"
COMPARE_EVERYBODYS = "compare_everybodys"
COMPARE_TABS = "compare_tabs"
COMPARE_MATRIX = "compare_matrix"
COMPARE_FILTER = "compare_filter"
COMPARE_VIEW = "compare_view"
COMPARE_ONLY = "compare_only"
COMPARE_SORT = "compare_sort"

ACCURACY_SET = "accuracy_set"
ACCURACY_FOLDER = "accuracy_folder"
ACCURACY_RECIPES = "accuracy_recipes"
ACCURACY_ALL_PAGES = "accuracy_all_pages"
ACCURACY_RESULT = "accuracy_result"
ACCURACY_OTHER = "accuracy_other"
ACCURACY_TABS = "accuracy_tabs"
ACCURACY_DROP = "accuracy_drop_case"
ACCURACY_REPLACE = "accuracy_replace"
MISS_FIELD = "miss_field"
MISS_CAUSE = "miss_cause"
MISS_CASE = "miss_case"
THRESHOLD = "accuracy_threshold"


def uploader(count: int) -> str:
    """The upload after ``count`` earlier ones: a new key empties it."""
    return f"add_files_{count}"


def field(name: str) -> str:
    """The input of a header field."""
    return f"field_{name}"


def of_table(kind: DocumentType, table: Table, key: str) -> str:
    """``key`` of what is drawn once a table: that of a type's first table bears no name."""
    return key if table is kind.main_table else f"{key}_{table.name}"


def lines_editor(run_id: str, revision: int) -> str:
    """The line-item table; a new revision begins it anew."""
    return f"lines_{run_id}_{revision}"
