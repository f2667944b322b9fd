import { useState } from 'react';
import { Button } from 'react-aria-components';
import { ask, asRefusal } from './use-clinic.ts';
import type { Item, Place, StoredSummary, Summary } from './use-clinic.ts';

interface SummaryViewProps {
  readonly path: string;
  readonly summary: StoredSummary;
  readonly onShow: (place: Place | undefined) => void;
  readonly onChange: () => Promise<void>;
}

/** The answer: a draft to edit and sign, each item with the words of the note that say it. */
export function SummaryView({ path, summary, onShow, onChange }: SummaryViewProps) {
  const [content, setContent] = useState<Summary>(summary.content);
  const [problem, setProblem] = useState('');
  const isSigned = summary.state === 'signed';
  const isChanged = content !== summary.content;
  const attempt = (work: () => Promise<unknown>) => async () => {
    setProblem('');
    try {
      await work();
      await onChange();
    } catch (error) {
      setProblem(asRefusal(error).message);
    }
  };
  const save = attempt(() => ask(`${path}/summary`, { content, version: summary.version }));
  const sign = attempt(() => ask(`${path}/sign`, { version: summary.version }));
  const list = (name: 'problems' | 'medications' | 'followUp', title: string) => (
    <Items
      title={title}
      items={content[name]}
      onShow={onShow}
      {...(isSigned
        ? {}
        : {
            onRemove: (at: number) => {
              setContent({ ...content, [name]: content[name].filter((_, index) => index !== at) });
            },
          })}
    />
  );
  return (
    <section className="summary" aria-label="Summary">
      <h3>
        Summary{' '}
        <span className={isSigned ? 'state signed' : 'state draft'}>
          {isSigned ? 'Signed' : 'Draft, not signed'}
        </span>
      </h3>
      {isSigned ? (
        <p>{content.summary}</p>
      ) : (
        <div className="field">
          <label htmlFor={`${path}-summary`}>Text of the summary</label>
          <textarea
            id={`${path}-summary`}
            rows={4}
            value={content.summary}
            onChange={(event) => {
              setContent({ ...content, summary: event.target.value });
            }}
          />
        </div>
      )}
      <div className="lists">
        {list('problems', 'Problems')}
        {list('medications', 'Medication')}
        {list('followUp', 'Follow-up')}
      </div>
      {problem !== '' && (
        <p className="notice" role="alert">
          {problem}
        </p>
      )}
      {!isSigned && (
        <div className="actions">
          <Button className="button" isDisabled={isChanged} onPress={() => void sign()}>
            Sign
          </Button>
          <Button className="button secondary" isDisabled={!isChanged} onPress={() => void save()}>
            Save changes
          </Button>
          {isChanged && <span className="quiet">Save before you sign.</span>}
        </div>
      )}
    </section>
  );
}

interface ItemsProps {
  readonly title: string;
  readonly items: readonly Item[];
  readonly onShow: (place: Place | undefined) => void;
  readonly onRemove?: (at: number) => void;
}

function Items({ title, items, onShow, onRemove }: ItemsProps) {
  return (
    <div>
      <h4>{title}</h4>
      {items.length === 0 && <p className="quiet">None found.</p>}
      <ul className="items">
        {items.map((item, index) => (
          <li key={`${index} ${item.text}`}>
            <span>
              {item.code !== undefined && <span className="code">{item.code}</span>} {item.text}
            </span>
            <span className="item-actions">
              {item.place === undefined ? (
                <span className="unsupported">not in the note</span>
              ) : (
                <Button
                  className="button plain"
                  aria-label={`Show the words for ${item.text}`}
                  onPress={() => {
                    onShow(item.place);
                  }}
                >
                  Show
                </Button>
              )}
              {onRemove !== undefined && (
                <Button
                  className="button plain"
                  aria-label={`Remove ${item.text}`}
                  onPress={() => {
                    onRemove(index);
                  }}
                >
                  Remove
                </Button>
              )}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
