import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Player } from "../state/player";
import { isChat, markIcon, markSentence, type People } from "../texts/player";
import { span, t } from "../texts/texts";
import type { Mark } from "../wire/page.gen";
import { Icon, SearchField } from "./parts";

/** What was said and done, in order: it follows the picture, and a click goes there. */
export function PlayerSide({ player, people }: { player: Player; people: People }) {
  const search = useSignal("");
  const tab = useSignal<"all" | "chat">("all");
  const marks = player.opened.value?.marks ?? [];
  const chat = marks.filter(isChat);
  const words = search.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const shown = (tab.value === "all" ? marks : chat).filter((mark) => {
    const text = `${markSentence(mark, people)} ${mark.text ?? ""}`.toLocaleLowerCase();
    return words.every((word) => text.includes(word));
  });
  return (
    <aside class="pl-side" aria-label={t("Events")}>
      <SearchField
        class="pl-search"
        search={search}
        label={t("Search in this recording")}
        hint={t("Search chat and events")}
      />
      <div class="tabs" role="tablist" aria-label={t("Events")}>
        {(["all", "chat"] as const).map((each) => (
          <button
            type="button"
            key={each}
            class="tab"
            role="tab"
            aria-selected={tab.value === each}
            onClick={() => {
              tab.value = each;
            }}
          >
            {each === "all" ? t("Everything") : t("Chat")}
            <span class="count">{each === "all" ? marks.length : chat.length}</span>
          </button>
        ))}
      </div>
      {shown.length === 0 ? (
        <p class="pl-none">
          {search.value === "" ? t("No messages.") : t("Nothing matches “{search}”.", { search: search.value })}
        </p>
      ) : (
        <ol class="hits">
          {shown.map((mark) => (
            <Hit key={`${mark.at}${mark.kind}${mark.text}`} mark={mark} player={player} people={people} />
          ))}
        </ol>
      )}
    </aside>
  );
}

function Hit({ mark, player, people }: { mark: Mark; player: Player; people: People }) {
  const item = useRef<HTMLLIElement>(null);
  const isNow = player.mark.value === mark;
  useEffect(() => {
    if (isNow) item.current?.scrollIntoView({ block: "nearest" });
  }, [isNow]);
  return (
    <li ref={item}>
      <button type="button" class="hit" aria-current={isNow ? "true" : undefined} onClick={() => player.seek(mark.at)}>
        <time>{span(mark.at)}</time>
        <span dir="auto" class="pl-said">
          {isChat(mark) ? mark.text : markSentence(mark, people)}
        </span>
        {isChat(mark) && (
          <span class="src">
            <Icon name={markIcon(mark)} />
            {markSentence(mark, people)}
          </span>
        )}
      </button>
    </li>
  );
}
