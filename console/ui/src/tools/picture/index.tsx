/** The picture of the customer's screen: which display, how large, and where the customer's pointer is. */

import type { Zoom } from "../../input/places";
import { t } from "../../texts/texts";
import { Icon, Item, Menu } from "../../views/parts";
import type { Props, Tool } from "../tool";

const ZOOMS: readonly Zoom[] = ["fit", 0.5, 0.75, 1, 1.25, 1.5, 2];

export const picture: Tool = {
  name: "picture",
  hears: {
    picture: (openSession, message) => openSession.paint(message),
    displays: (openSession, message) => openSession.arrange(message.displays),
    pointer_shape: (openSession, message) => {
      openSession.cursor.value = message;
    },
    pointer_at: (openSession, message) => {
      if (message.display === openSession.display.value) openSession.pointer.value = { x: message.x, y: message.y };
    },
  },
  buttons: { view: View },
};

function View({ openSession }: Props) {
  const place = openSession.displays.value.findIndex((display) => display.id === openSession.display.value) + 1;
  return (
    <>
      {openSession.displays.value.length > 1 && (
        <Menu
          label={t("Display {number} of {count}", { number: place, count: openSession.displays.value.length })}
          button={
            <>
              <Icon name="displays" />
              {place}
              <Icon name="down" />
            </>
          }
        >
          {openSession.displays.value.map((display, index) => (
            <Item
              key={display.id}
              chosen={display.id === openSession.display.value}
              choose={() => openSession.watch(display.id)}
            >
              <span class="num">{index + 1}</span>
              <bdi>{display.name}</bdi>
              <span class="second num ltr">{`${display.width} × ${display.height}`}</span>
            </Item>
          ))}
        </Menu>
      )}
      <Menu
        label={t("Zoom: {zoom}", { zoom: zoomWord(openSession.zoom.value) })}
        button={
          <>
            <Icon name="fit" />
            {zoomWord(openSession.zoom.value)}
            <Icon name="down" />
          </>
        }
      >
        {ZOOMS.map((zoom) => (
          <Item
            key={zoom}
            chosen={openSession.zoom.value === zoom}
            choose={() => {
              openSession.zoom.value = zoom;
            }}
          >
            {zoom === "fit" ? t("Fit to window") : zoomWord(zoom)}
          </Item>
        ))}
      </Menu>
    </>
  );
}

function zoomWord(zoom: Zoom): string {
  if (zoom === "fit") return t("Fit");
  return `${zoom * 100} %`;
}
