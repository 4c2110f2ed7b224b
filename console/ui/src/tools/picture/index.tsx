/** The picture of the customer's screen: which display, how large, and where the customer's pointer is. */

import type { Zoom } from "../../input/places";
import { t } from "../../texts/texts";
import { Icon, Item, Menu } from "../../views/parts";
import type { Props, Tool } from "../tool";

const ZOOMS: readonly Zoom[] = ["fit", 0.5, 0.75, 1, 1.25, 1.5, 2];

export const picture: Tool = {
  name: "picture",
  hears: {
    picture: (room, message) => room.paint(message),
    displays: (room, message) => room.arrange(message.displays),
    pointer_shape: (room, message) => {
      room.cursor.value = message;
    },
    pointer_at: (room, message) => {
      if (message.display === room.display.value) room.pointer.value = { x: message.x, y: message.y };
    },
  },
  buttons: { view: View },
};

function View({ room }: Props) {
  const place = room.displays.value.findIndex((display) => display.id === room.display.value) + 1;
  return (
    <>
      {room.displays.value.length > 1 && (
        <Menu
          label={t("Display {number} of {count}", { number: place, count: room.displays.value.length })}
          button={
            <>
              <Icon name="displays" />
              {place}
              <Icon name="down" />
            </>
          }
        >
          {room.displays.value.map((display, index) => (
            <Item key={display.id} chosen={display.id === room.display.value} choose={() => room.watch(display.id)}>
              <span class="num">{index + 1}</span>
              <bdi>{display.name}</bdi>
              <span class="second num ltr">{`${display.width} × ${display.height}`}</span>
            </Item>
          ))}
        </Menu>
      )}
      <Menu
        label={t("Zoom: {zoom}", { zoom: zoomWord(room.zoom.value) })}
        button={
          <>
            <Icon name="fit" />
            {zoomWord(room.zoom.value)}
            <Icon name="down" />
          </>
        }
      >
        {ZOOMS.map((zoom) => (
          <Item
            key={zoom}
            chosen={room.zoom.value === zoom}
            choose={() => {
              room.zoom.value = zoom;
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
